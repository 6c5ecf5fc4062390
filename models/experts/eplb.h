// Where copies of experts go when both their number and their places are planned from the loads: the expert-parallel
// load balancer (EPLB) that DeepSeek published with its models.
//
// Replication: each redundant slot to the expert with the most load per copy. Packing: copies in order of load, each to
// the least loaded rank that has a free slot and no copy of that expert yet (longest processing time first). By node:
// experts are packed onto nodes in the same way first, equally many on each, then replicated and packed inside their
// node. On top of the published method, copies change places between the fullest rank and another while that lowers the
// larger of the two.
#pragma once

#include <cstdint>
#include <vector>

namespace cm::models {

struct EplbTask {
  std::vector<double> loads;         // one for each expert, none negative
  std::vector<std::uint32_t> slots;  // one count for each rank; together at least one for each expert
  std::uint32_t ranks_per_node = 0;  // 0: packed over all ranks at once
};

// Whether the task can be planned by node: whole nodes with equally many slots, and experts that divide over them.
bool divides_by_node(const EplbTask& task);

// [expert]: the ranks that hold a copy. All slots are used. An expert has two copies on a rank only when no other place
// is left. Requires divides_by_node() when ranks_per_node is above zero.
std::vector<std::vector<std::uint32_t>> plan_eplb(const EplbTask& task);

}  // namespace cm::models
