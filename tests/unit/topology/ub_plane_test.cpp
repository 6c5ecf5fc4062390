#include "tests/unit/topology/machines.h"
#include "topology/planes/ub_plane.h"

#include <catch2/catch.hpp>

#include <map>

using namespace cm;
using namespace cm::topology;

TEST_CASE("every die and CPU has one lane pair to the L1 chip of its node in each sub-plane")
{
  const SupernodeSpec spec = test::small_spec();
  const Supernode supernode(spec);
  const Graph& graph = supernode.graph();
  for (std::uint32_t i = 0; i < spec.ub_endpoints(); ++i) {
    std::map<std::uint32_t, int> lanes;
    for (const LinkId id : graph.links_from(supernode.vertex_of(EndpointId(i)))) {
      const Link& link = graph.link(id);
      if (link.plane != Plane::Ub)
        continue;
      CHECK(graph.vertex(link.to).kind == VertexKind::L1Switch);
      CHECK(graph.vertex(link.to).node == supernode.node_of(EndpointId(i)));
      CHECK(graph.vertex(link.to).sub_plane == link.sub_plane);
      ++lanes[link.sub_plane.value()];
    }
    CHECK(lanes == std::map<std::uint32_t, int>{{0, 1}, {1, 1}});
  }
}

TEST_CASE("every L1 chip has one uplink to each L2 chip of its sub-plane and no other")
{
  const SupernodeSpec spec = test::small_spec();
  const Graph graph = Supernode(spec).graph();
  for (const VertexId chip : graph.vertices_of(VertexKind::L1Switch)) {
    std::vector<std::uint32_t> chips;
    for (const LinkId id : graph.links_from(chip))
      if (const Vertex& to = graph.vertex(graph.link(id).to); to.kind == VertexKind::L2Switch) {
        CHECK(to.sub_plane == graph.vertex(chip).sub_plane);
        CHECK(graph.link(id).bandwidth == spec.uplink_bandwidth);
        chips.push_back(to.index);
      }
    CHECK(chips == std::vector<std::uint32_t>{0, 1, 2});
  }
}

TEST_CASE("an L2 chip of the full machine has a port to every node and none to an endpoint")
{
  const Graph graph = Supernode(test::full_spec()).graph();
  for (const VertexId chip : graph.vertices_of(VertexKind::L2Switch))
    CHECK(graph.links_from(chip).size() == 48);
  CHECK(count_links(graph, VertexKind::L2Switch, VertexKind::Die) == 0);
  CHECK(count_links(graph, VertexKind::L2Switch, VertexKind::Cpu) == 0);
}

TEST_CASE("with fewer sub-planes a lane keeps its rate")
{
  SupernodeSpec spec = test::full_spec();
  spec.sub_planes = 5;
  const Graph graph = Supernode(spec).graph();
  for (const Link& link : graph.links()) {
    if (link.plane == Plane::Ub && graph.vertex(link.from).kind == VertexKind::Die)
      CHECK(link.bandwidth == 28_GBps);
    if (link.plane == Plane::Ub && graph.vertex(link.from).kind == VertexKind::Cpu)
      CHECK(link.bandwidth == 160_GBps / 7.0);
  }
}
