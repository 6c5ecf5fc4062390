#include "sim/diagnostics/errors.h"
#include "topology/graph/graph.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::topology;

namespace {

Vertex device(VertexKind kind, std::uint32_t index)
{
  Vertex vertex;
  vertex.kind = kind;
  vertex.index = index;
  return vertex;
}

Link link_of(VertexId from, VertexId to)
{
  return {from, to, 28_GBps, Plane::Ub, 0};
}

}  // namespace

TEST_CASE("vertices and links keep the order in which they were added")
{
  Graph graph;
  const VertexId die = graph.add_vertex(device(VertexKind::Die, 0));
  const VertexId chip = graph.add_vertex(device(VertexKind::L1Switch, 0));
  const VertexId other = graph.add_vertex(device(VertexKind::Die, 1));
  add_link_pair(graph, link_of(die, chip));
  const LinkId last = graph.add_link(link_of(other, chip));

  CHECK(graph.vertex_count() == 3);
  CHECK(graph.vertices_of(VertexKind::Die) == std::vector{die, other});
  CHECK(graph.links_from(die) == std::vector{LinkId(0)});
  CHECK(graph.links_to(die) == std::vector{LinkId(1)});
  CHECK(graph.links_to(chip) == std::vector{LinkId(0), last});
  CHECK(graph.link(last).from == other);
  CHECK(count_links(graph, VertexKind::Die, VertexKind::L1Switch) == 2);
  CHECK(count_links(graph, VertexKind::L1Switch, VertexKind::Die) == 1);
}

TEST_CASE("a copy of a graph has a life of its own")
{
  Graph graph;
  const VertexId die = graph.add_vertex(device(VertexKind::Die, 0));
  const VertexId chip = graph.add_vertex(device(VertexKind::L1Switch, 0));
  Graph copy = graph;
  graph.add_link(link_of(die, chip));

  CHECK(copy.links().empty());
  CHECK(copy.links_from(die).empty());
  copy = graph;
  CHECK(copy.links_from(die).size() == 1);
}

TEST_CASE("a graph refuses links to nowhere, to itself and without bandwidth")
{
  Graph graph;
  const VertexId die = graph.add_vertex(device(VertexKind::Die, 0));
  const VertexId chip = graph.add_vertex(device(VertexKind::L1Switch, 0));

  CHECK_THROWS_AS(graph.add_link(link_of(die, VertexId(2))), SimulationError);
  CHECK_THROWS_AS(graph.add_link(link_of(die, die)), SimulationError);
  CHECK_THROWS_AS(graph.add_link({die, chip, BytesPerSecond(0.0), Plane::Ub, 0}), SimulationError);
}
