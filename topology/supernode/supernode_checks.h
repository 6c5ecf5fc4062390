// Does the graph of a supernode hold what its spec promises?
#pragma once

#include "topology/checks/capacities.h"
#include "topology/checks/counts.h"
#include "topology/supernode/supernode.h"

#include <string>
#include <vector>

namespace cm::topology {

struct Check {
  std::string name;   // "L1-L2 links"
  std::string value;  // as found in the graph, for people
  bool passed = false;

  friend bool operator==(const Check&, const Check&) = default;
};

struct CheckReport {
  MachineCounts counts;
  UbCapacities capacities;
  std::uint32_t compute_racks = 0;
  std::vector<Check> checks;

  [[nodiscard]] bool passed() const;
};

// A check passes when the graph agrees with the arithmetic of the spec, so an oversubscribed machine passes and shows
// its ratio. A failure is an error of ours.
CheckReport check_supernode(const Supernode& supernode);

}  // namespace cm::topology
