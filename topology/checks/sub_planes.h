// Check of the UB sub-planes: each reaches everything, and none meets another.
#pragma once

#include "topology/graph/graph.h"

#include <cstdint>

namespace cm::topology {

std::uint32_t count_sub_planes(const Graph& graph);

// Every endpoint reaches every other over the links of each sub-plane alone.
bool every_pair_reachable(const Graph& graph);

// No path changes sub-plane: every UB link at a switch is of the switch's own sub-plane. Endpoints do not forward, so
// nothing else could join two sub-planes.
bool sub_planes_disjoint(const Graph& graph);

}  // namespace cm::topology
