// The UB plane: `sub_planes` disjoint two-tier Clos networks that never exchange packets (arXiv:2506.12708v2 3.3.3).
// In sub-plane p every die and every CPU has one link pair to chip p of its node's L1 chips, and every L1 chip has
// one link pair to each L2 chip of its sub-plane. That a die's seven transceivers go one to each L1 chip is inferred:
// the paper prints seven of both, and 16 dies x 28 GB/s make the 448 GB/s of a chip.
#pragma once

#include "topology/graph/graph.h"

namespace cm::topology {

struct UbPlaneSpec {
  std::uint32_t nodes = 0;
  std::uint32_t sub_planes = 0;
  std::uint32_t l2_per_sub_plane = 0;
  BytesPerSecond die_lane_bandwidth;  // one way, per sub-plane
  BytesPerSecond cpu_lane_bandwidth;  // one way, per sub-plane
  BytesPerSecond uplink_bandwidth;    // one way, per L1-L2 link
};

// Requires the dies and CPUs of all nodes in the graph.
void add_ub_plane(Graph& graph, const UbPlaneSpec& spec);

}  // namespace cm::topology
