// The VPC plane: one Qingtian card per node on one of its CPUs, taken to be the first (arXiv:2506.12708v2 3.3.2 says
// "one of the four"). The data-centre network behind the cards is one non-blocking switch.
#pragma once

#include "topology/graph/graph.h"

namespace cm::topology {

// Requires the CPUs in the graph. `node_bandwidth` is one way.
void add_vpc_plane(Graph& graph, BytesPerSecond node_bandwidth);

}  // namespace cm::topology
