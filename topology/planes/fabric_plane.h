// A fabric of any kind but the Clos, as switches and links of the machine graph.
#pragma once

#include "topology/fabrics/fabric_plan.h"
#include "topology/graph/graph.h"

namespace cm::topology {

// Requires the dies and CPUs of all nodes in the graph. Links of the first fabric of a machine (role 0) are those of
// the UB plane, links of the second those of the RDMA plane, whose switches have "scale_out." before their names.
void add_fabric_plane(Graph& graph, const FabricPlan& plan, std::uint32_t role);

}  // namespace cm::topology
