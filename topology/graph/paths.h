// Reachability over the links that a filter keeps.
#pragma once

#include "topology/graph/graph.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace cm::topology {

using LinkFilter = std::function<bool(const Link&)>;

LinkFilter links_of_plane(Plane plane);
LinkFilter links_of_sub_plane(std::uint32_t sub_plane);

// Fewest links, both ends included; among equals, links added first win. Empty when there is no path.
std::optional<std::vector<VertexId>> shortest_path(const Graph& graph, VertexId from, VertexId to,
                                                   const LinkFilter& filter);

// [vertex]: two vertices carry the same number exactly when each reaches the other.
std::vector<std::uint32_t> strong_components(const Graph& graph, const LinkFilter& filter);

}  // namespace cm::topology
