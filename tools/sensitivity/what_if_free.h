// How much better a run would be if a part of it took no time: the network, the experts, the host, queues in the
// network. Each part is made free alone, by workload.free, and the scenario runs again: what overlaps is not counted
// twice, as a subtraction would.
#pragma once

#include "sim/metrics/progress.h"
#include "sim/metrics/result.h"
#include "tools/processes/child_runs.h"
#include "tools/scenario/scenario.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace cm::tools {

struct WhatIfFreeRequest {
  ScenarioRequest scenario;
  std::uint64_t seed = 1;         // of the run as it is
  int jobs = 1;                   // runs at a time
  RunJournal* journal = nullptr;  // borrowed; keeps finished runs; null: none
};

// The table of a result that says so.
inline constexpr const char* WhatIfFree = "what_if_free";

// A further run with one part free.
struct FreeRun {
  std::string part;     // word of workload.free
  std::string setting;  // "key=value": adds it to the parts that are free anyway
};

// One for each part that the scenario's workload has and that is not free yet. Throws ConfigError when the scenario is
// wrong or its kind of workload knows no such parts.
std::vector<FreeRun> free_runs(const ScenarioRequest& scenario);

struct FreedRuns {
  sim::metrics::Table table;
  Shortfall shortfall;   // of free_runs()
  std::size_t runs = 0;  // of them that are in the table
};

// A row for the run as it is and one for each of free_runs() that finished: values of the metrics that answer the run
// first, and by how many percent they change. Throws ConfigError as free_runs() does and when all runs failed.
FreedRuns what_if_free(const WhatIfFreeRequest& request, const sim::metrics::Result& nominal,
                       sim::metrics::Progress& progress);

}  // namespace cm::tools
