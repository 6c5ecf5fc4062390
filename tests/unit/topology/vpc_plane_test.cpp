#include "tests/unit/topology/machines.h"
#include "topology/planes/vpc_plane.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::topology;

TEST_CASE("every node has one Qingtian card on its first CPU")
{
  const SupernodeSpec spec = test::small_spec();
  const Graph graph = Supernode(spec).graph();
  const auto cards = graph.vertices_of(VertexKind::QingtianCard);
  REQUIRE(cards.size() == spec.nodes);
  for (std::uint32_t node = 0; node < spec.nodes; ++node) {
    const auto links = graph.links_from(cards[node]);
    REQUIRE(links.size() == 2);
    const Vertex& cpu = graph.vertex(graph.link(links[0]).to);
    CHECK(cpu.kind == VertexKind::Cpu);
    CHECK(cpu.index == node * spec.cpus_per_node);
    CHECK(graph.vertex(graph.link(links[1]).to).kind == VertexKind::VpcFabric);
    CHECK(graph.link(links[1]).bandwidth == 50_GBps);
  }
}

TEST_CASE("no die is on the VPC plane")
{
  const Graph graph = Supernode(test::small_spec()).graph();
  for (const Link& link : graph.links())
    if (link.plane == Plane::Vpc)
      CHECK(graph.vertex(link.from).kind != VertexKind::Die);
}
