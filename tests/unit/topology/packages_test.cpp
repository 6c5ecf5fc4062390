#include "tests/unit/topology/machines.h"
#include "topology/planes/packages.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::topology;

namespace {

Graph packages(std::uint32_t dies_per_npu)
{
  Graph graph;
  add_packages(graph, {.nodes = 2,
                       .npus_per_node = 3,
                       .dies_per_npu = dies_per_npu,
                       .cpus_per_node = 2,
                       .die_to_die_bandwidth = 270_GBps});
  return graph;
}

}  // namespace

TEST_CASE("dies are numbered node by node with the dies of an NPU beside each other")
{
  const Graph graph = packages(2);
  const auto dies = graph.vertices_of(VertexKind::Die);
  REQUIRE(dies.size() == 12);
  for (std::uint32_t i = 0; i < dies.size(); ++i) {
    CHECK(graph.vertex(dies[i]).index == i);
    CHECK(graph.vertex(dies[i]).npu == i / 2);
    CHECK(graph.vertex(dies[i]).node == NodeId(i / 6));
  }
  CHECK(graph.vertex(test::find_vertex(graph, "cpu:3")).node == NodeId(1));
}

TEST_CASE("the dies of an NPU are linked to each other and to no other die")
{
  const Graph graph = packages(2);
  CHECK(graph.links().size() == 12);
  for (const Link& link : graph.links()) {
    CHECK(graph.vertex(link.from).npu == graph.vertex(link.to).npu);
    CHECK(link.bandwidth == 270_GBps);
    CHECK(link.plane == Plane::Package);
  }
  CHECK(packages(1).links().empty());
  CHECK(packages(3).links().size() == 6 * 3 * 2);
}
