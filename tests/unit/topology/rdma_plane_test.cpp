#include "tests/unit/topology/machines.h"
#include "topology/planes/rdma_plane.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::topology;

TEST_CASE("every die has a NIC of its own to one RDMA fabric")
{
  const SupernodeSpec spec = test::small_spec();
  const Graph graph = Supernode(spec).graph();
  CHECK(graph.vertices_of(VertexKind::RdmaNic).size() == spec.dies());
  CHECK(graph.vertices_of(VertexKind::RdmaFabric).size() == 1);
  CHECK(count_links(graph, VertexKind::Die, VertexKind::RdmaNic) == spec.dies());
  CHECK(count_links(graph, VertexKind::RdmaNic, VertexKind::RdmaFabric) == spec.dies());
  CHECK(count_links(graph, VertexKind::RdmaFabric, VertexKind::RdmaNic) == spec.dies());
}

TEST_CASE("a NIC stands in the node of its die and runs at the rate of the spec")
{
  const Graph graph = Supernode(test::small_spec()).graph();
  const VertexId nic = test::find_vertex(graph, "nic:7");
  CHECK(graph.vertex(nic).node == graph.vertex(test::find_vertex(graph, "die:7")).node);
  for (const LinkId id : graph.links_from(nic)) {
    CHECK(graph.link(id).bandwidth == 25_GBps);
    CHECK(graph.link(id).plane == Plane::Rdma);
  }
}

TEST_CASE("no CPU is on the RDMA plane")
{
  const Graph graph = Supernode(test::small_spec()).graph();
  for (const Link& link : graph.links())
    if (link.plane == Plane::Rdma)
      CHECK(graph.vertex(link.from).kind != VertexKind::Cpu);
}
