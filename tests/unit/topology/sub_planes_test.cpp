#include "tests/unit/topology/machines.h"
#include "topology/checks/sub_planes.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::topology;

TEST_CASE("the sub-planes of every machine reach all pairs and stay apart")
{
  for (const SupernodeSpec& spec : {test::full_spec(), test::small_spec(), test::single_spec()}) {
    const Graph graph = Supernode(spec).graph();
    CHECK(count_sub_planes(graph) == spec.sub_planes);
    CHECK(every_pair_reachable(graph));
    CHECK(sub_planes_disjoint(graph));
  }
}

TEST_CASE("one lane cut in one direction makes a pair unreachable")
{
  const Graph graph = Supernode(test::small_spec()).graph();
  const VertexId die = test::find_vertex(graph, "die:5");
  const VertexId chip = test::find_vertex(graph, "l1:0.1");
  const auto is_lane = [&](const Link& link) { return link.from == chip && link.to == die; };
  CHECK_FALSE(every_pair_reachable(test::without_links(graph, is_lane)));
}

TEST_CASE("a sub-plane stays connected until its last L2 chip is gone")
{
  const Graph graph = Supernode(test::small_spec()).graph();
  const auto without_chips = [&graph](std::uint32_t count) {
    return test::without_links(graph, [&graph, count](const Link& link) {
      for (const VertexId end : {link.from, link.to})
        if (const Vertex& vertex = graph.vertex(end);
            vertex.kind == VertexKind::L2Switch && vertex.sub_plane == 0U && vertex.index < count)
          return true;
      return false;
    });
  };
  CHECK(every_pair_reachable(without_chips(2)));
  CHECK_FALSE(every_pair_reachable(without_chips(3)));
}

TEST_CASE("a cable between two sub-planes is found")
{
  Graph graph = Supernode(test::small_spec()).graph();
  add_link_pair(graph, {test::find_vertex(graph, "l1:0.0"), test::find_vertex(graph, "l2:1.0"), 28_GBps, Plane::Ub, 0});
  CHECK_FALSE(sub_planes_disjoint(graph));
}

TEST_CASE("renaming nodes joins and separates nothing")
{
  const Graph graph = Supernode(test::small_spec()).graph();
  const auto seed = GENERATE(1U, 2U, 3U);
  CAPTURE(seed);
  const Graph other = test::renamed(graph, 3, seed);
  CHECK(count_sub_planes(other) == 2);
  CHECK(every_pair_reachable(other));
  CHECK(sub_planes_disjoint(other));
}
