// Capacities of the UB plane of a machine graph, all of one direction.
#pragma once

#include "topology/graph/graph.h"

namespace cm::topology {

struct UbCapacities {
  BytesPerSecond l1_to_l2;            // all uplinks
  BytesPerSecond bisection;           // from the first half of the nodes to the rest, with endpoints that never limit
  double npu_oversubscription = 0.0;  // rate from the dies to their L1 chips over the rate from these up
  double oversubscription = 0.0;      // the same with the CPUs
};

// 0 where there is no tier to oversubscribe.
double oversubscription(BytesPerSecond endpoints, BytesPerSecond uplinks);

UbCapacities ub_capacities(const Graph& graph);

// From the dies of the first half of the nodes to the other dies, over their own lanes and all fabrics whose packets
// are simulated. With an odd number of nodes the first half is the smaller one; of one node the dies are halved.
BytesPerSecond die_bisection(const Graph& graph);

}  // namespace cm::topology
