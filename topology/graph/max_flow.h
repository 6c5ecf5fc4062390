// The most that a set of vertices can send to another set at once, which is the capacity of the smallest cut
// between them (Ford and Fulkerson).
#pragma once

#include "topology/graph/paths.h"

#include <vector>

namespace cm::topology {

// Sources and sinks produce and absorb without limit; the sets must not overlap. Rounds each link to whole bytes a
// second.
BytesPerSecond max_flow(const Graph& graph, const std::vector<VertexId>& sources, const std::vector<VertexId>& sinks,
                        const LinkFilter& filter);

}  // namespace cm::topology
