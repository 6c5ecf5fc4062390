// The RDMA plane: one RoCE NIC per die, NPUs only (arXiv:2506.12708v2 3.2). The scale-out fabric behind the NICs is
// modelled as one non-blocking switch: its structure is not published, so only the NICs can be a bottleneck.
#pragma once

#include "topology/graph/graph.h"

namespace cm::topology {

// Requires the dies in the graph. `die_bandwidth` is one way.
void add_rdma_plane(Graph& graph, BytesPerSecond die_bandwidth);

}  // namespace cm::topology
