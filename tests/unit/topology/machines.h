// Machines that the topology tests build.
#pragma once

#include "topology/supernode/supernode.h"

#include <functional>

namespace cm::topology::test {

SupernodeSpec full_spec();    // the published machine
SupernodeSpec small_spec();   // 3 nodes, 2 sub-planes, 3 L2 chips each, 6 dies and 2 CPUs a node
SupernodeSpec single_spec();  // the small one with 1 node

VertexId find_vertex(const Graph& graph, const std::string& name);

// The same devices and links, less the links that `drop` picks.
Graph without_links(const Graph& graph, const std::function<bool(const Link&)>& drop);

// The same machine with its nodes renamed and its devices and links added in another order. Endpoints, switches and
// links keep their kinds, widths and sub-planes. `seed` picks the order.
Graph renamed(const Graph& graph, std::uint32_t nodes, std::uint32_t seed);

}  // namespace cm::topology::test
