#include "tests/unit/topology/machines.h"
#include "topology/planes/fabric_plane.h"
#include "topology/planes/packages.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::topology;

namespace {

FabricPlan small_plan()
{
  FabricPlan plan{.kind = "small",
                  .site = {.nodes = 2, .dies_per_node = 1, .cpus_per_node = 1},
                  .tiers = {"chips"},
                  .lanes = {"l"}};
  const std::uint32_t chip = plan.add_chip({.name = "chip:0", .node = 1});
  plan.cables = {{.from = 1, .to = chip, .rate = 2_GBps, .from_lane = 0}, {.from = 3, .to = chip, .rate = 1_GBps}};
  return plan;
}

Graph machine()
{
  Graph graph;
  add_packages(graph,
               {.nodes = 2, .npus_per_node = 1, .dies_per_npu = 1, .cpus_per_node = 1, .die_to_die_bandwidth = 1_GBps});
  return graph;
}

}  // namespace

TEST_CASE("a fabric in the graph of its machine has its chips as switches and both directions of its cables")
{
  Graph graph = machine();
  add_fabric_plane(graph, small_plan(), 0);
  const Vertex& chip = graph.vertex(test::find_vertex(graph, "chip:0"));
  CHECK(chip.kind == VertexKind::Switch);
  CHECK(chip.node == NodeId(1));
  CHECK(count_links(graph, VertexKind::Die, VertexKind::Switch) == 1);
  CHECK(count_links(graph, VertexKind::Switch, VertexKind::Cpu) == 1);
  CHECK(graph.vertex(graph.links().front().from).name == "die:1");
  CHECK(graph.links().front().plane == Plane::Ub);
  CHECK(graph.links().front().bandwidth == 2_GBps);
}

TEST_CASE("a second fabric is on the RDMA plane and says so in the names of its switches")
{
  Graph graph = machine();
  add_fabric_plane(graph, small_plan(), 0);
  add_fabric_plane(graph, small_plan(), 1);
  CHECK(graph.links_from(test::find_vertex(graph, "scale_out.chip:0")).size() == 2);
  CHECK(graph.links().back().plane == Plane::Rdma);
}
