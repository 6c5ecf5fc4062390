#include "tests/unit/topology/machines.h"
#include "topology/graph/paths.h"

#include <catch2/catch.hpp>

#include <set>

using namespace cm::topology;

namespace {

// Loop-free, through `switches` UB switches of `sub_plane`, with an endpoint at each end only.
void check_path(const Graph& graph, const std::vector<VertexId>& path, std::uint32_t sub_plane, std::size_t switches)
{
  REQUIRE(path.size() == switches + 2);
  CHECK(std::set(path.begin(), path.end()).size() == path.size());
  for (std::size_t i = 1; i + 1 < path.size(); ++i) {
    CHECK(is_ub_switch(graph.vertex(path[i]).kind));
    CHECK(graph.vertex(path[i]).sub_plane == sub_plane);
  }
}

void check_every_pair(const Supernode& supernode, std::uint32_t stride)
{
  const Graph& graph = supernode.graph();
  const std::uint32_t endpoints = supernode.spec().ub_endpoints();
  for (std::uint32_t sub_plane = 0; sub_plane < supernode.spec().sub_planes; ++sub_plane)
    for (std::uint32_t a = 0; a < endpoints; a += stride)
      for (std::uint32_t b = (a + 1) % stride; b < endpoints; b += stride) {
        const EndpointId from(a);
        const EndpointId to(b);
        if (from == to)
          continue;
        CAPTURE(sub_plane, a, b);
        const auto path =
            shortest_path(graph, supernode.vertex_of(from), supernode.vertex_of(to), links_of_sub_plane(sub_plane));
        REQUIRE(path);
        check_path(graph, *path, sub_plane, supernode.node_of(from) == supernode.node_of(to) ? 1 : 3);
      }
}

}  // namespace

TEST_CASE("every pair has a loop-free path of one or three switches in every sub-plane of a small machine")
{
  check_every_pair(Supernode(test::small_spec()), 1);
  check_every_pair(Supernode(test::single_spec()), 1);
}

TEST_CASE("sampled pairs have a loop-free path of one or three switches in every sub-plane of the full machine")
{
  check_every_pair(Supernode(test::full_spec()), 97);
}

TEST_CASE("a path from a vertex to itself is that vertex alone")
{
  const Supernode supernode(test::single_spec());
  const VertexId die = supernode.vertex_of(EndpointId(0));
  CHECK(shortest_path(supernode.graph(), die, die, links_of_plane(Plane::Ub)) == std::vector{die});
}

TEST_CASE("a filter decides which planes a path may use")
{
  const Supernode supernode(test::small_spec());
  const Graph& graph = supernode.graph();
  const VertexId die = test::find_vertex(graph, "die:0");
  const VertexId neighbour = test::find_vertex(graph, "die:1");
  const VertexId stranger = test::find_vertex(graph, "die:2");

  CHECK(shortest_path(graph, die, neighbour, links_of_plane(Plane::Package))->size() == 2);
  CHECK_FALSE(shortest_path(graph, die, stranger, links_of_plane(Plane::Package)));
  CHECK(shortest_path(graph, die, stranger, links_of_plane(Plane::Rdma))->size() == 5);
  CHECK_FALSE(shortest_path(graph, die, stranger, links_of_plane(Plane::Vpc)));
  CHECK_FALSE(shortest_path(graph, die, stranger, links_of_sub_plane(2)));
}

TEST_CASE("strong components join what reaches each other and nothing else")
{
  Graph graph;
  for (std::uint32_t i = 0; i < 4; ++i)
    graph.add_vertex(Vertex());
  const auto add = [&graph](std::uint32_t from, std::uint32_t to) {
    graph.add_link({VertexId(from), VertexId(to), cm::BytesPerSecond(1.0), Plane::Ub, 0});
  };
  add(0, 1);
  add(1, 0);
  add(1, 2);
  add(2, 3);
  const auto component = strong_components(graph, links_of_plane(Plane::Ub));

  CHECK(component[0] == component[1]);
  CHECK(component[1] != component[2]);
  CHECK(component[2] != component[3]);
}
