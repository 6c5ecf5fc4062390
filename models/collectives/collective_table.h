// Every algorithm of collective operations, in one table, and the choice of one.
#pragma once

#include "models/collectives/collective_plan.h"
#include "models/collectives/operation.h"
#include "models/collectives/protocol_choice.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace cm::models {

struct Algorithm {
  std::string_view name;
  std::string_view sentence;  // for --help
  CollectivePlan (*plan)(const CollectiveQuestion& question) = nullptr;
  // Why the algorithm has no answer; empty when it has one.
  std::optional<std::string> (*problem)(const CollectiveQuestion& question) = nullptr;
};

std::span<const Algorithm> collective_table();
const Algorithm* find_algorithm(std::string_view name);  // null when there is none

// The algorithm that is expected to end first on an idle machine; of equals, the first in the table.
const Algorithm& best_algorithm(const CollectiveQuestion& question, const CollectiveMachine& machine);

}  // namespace cm::models
