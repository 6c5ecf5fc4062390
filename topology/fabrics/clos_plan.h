// Disjoint two-tier Clos networks, one a lane: the fabric of CloudMatrix384. The packet fabric has tables for it
// (topology/routing/ub_network.h); its plan says the same in the form of every other kind.
#pragma once

#include "topology/fabrics/fabric_plan.h"

namespace cm::topology {

struct ClosShape {
  std::uint32_t planes = 0;        // lanes of an endpoint: one to each
  std::uint32_t l2_per_plane = 0;  // 0: one tier, which ends at a node
  std::uint32_t cpu_lanes = 0;     // that cpu_bandwidth was published for
  BytesPerSecond die_lane;         // all of one direction
  BytesPerSecond uplink;
  BytesPerSecond cpu_bandwidth;  // cpu_lanes lanes together

  friend bool operator==(const ClosShape&, const ClosShape&) = default;
};

FabricCounts expected_counts(const ClosShape& shape, const FabricSite& site);

// Chips "l1:NODE.PLANE" and "l2:PLANE.CHIP". Its ports are numbered as ub_network() numbers them.
FabricPlan plan_clos(const ClosShape& shape, const FabricSite& site);

}  // namespace cm::topology
