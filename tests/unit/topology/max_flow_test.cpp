#include "topology/graph/max_flow.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::topology;

namespace {

const LinkFilter AllLinks = [](const Link&) { return true; };

Graph vertices(std::uint32_t count)
{
  Graph graph;
  for (std::uint32_t i = 0; i < count; ++i)
    graph.add_vertex(Vertex());
  return graph;
}

void add(Graph& graph, std::uint32_t from, std::uint32_t to, BytesPerSecond bandwidth)
{
  graph.add_link({VertexId(from), VertexId(to), bandwidth, Plane::Ub, std::nullopt});
}

}  // namespace

TEST_CASE("the narrowest link of a chain limits its flow")
{
  Graph graph = vertices(3);
  add(graph, 0, 1, 28_GBps);
  add(graph, 1, 2, 10_GBps);
  CHECK(max_flow(graph, {VertexId(0)}, {VertexId(2)}, AllLinks) == 10_GBps);
}

TEST_CASE("parallel paths add up and links back do not help")
{
  Graph graph = vertices(4);
  add(graph, 0, 1, 10_GBps);
  add(graph, 1, 3, 8_GBps);
  add(graph, 0, 2, 5_GBps);
  add(graph, 2, 3, 9_GBps);
  add(graph, 3, 0, 100_GBps);
  CHECK(max_flow(graph, {VertexId(0)}, {VertexId(3)}, AllLinks) == 13_GBps);
}

TEST_CASE("a flow goes around a full link when there is a way")
{
  Graph graph = vertices(4);
  add(graph, 0, 1, 10_GBps);
  add(graph, 1, 3, 4_GBps);
  add(graph, 1, 2, 6_GBps);
  add(graph, 2, 3, 6_GBps);
  CHECK(max_flow(graph, {VertexId(0)}, {VertexId(3)}, AllLinks) == 10_GBps);
}

TEST_CASE("many sources and sinks on one chip share its links without a way for each")
{
  constexpr std::uint32_t Ends = 3000;  // of each side
  Graph graph = vertices(2 * Ends + 2);
  std::vector<VertexId> sources;
  std::vector<VertexId> sinks;
  for (std::uint32_t end = 0; end < Ends; ++end) {
    sources.emplace_back(2 + end);
    sinks.emplace_back(2 + Ends + end);
    for (const std::uint32_t chip : {0U, 1U}) {
      add(graph, 2 + end, chip, 2_GBps);
      add(graph, chip, 2 + Ends + end, 2_GBps);
    }
  }
  add(graph, 2, 3, 50_GBps);
  CHECK(max_flow(graph, sources, sinks, AllLinks) == 12'000_GBps);
}

TEST_CASE("a flow uses only the links of its filter and is nothing without a source")
{
  Graph graph = vertices(2);
  add(graph, 0, 1, 10_GBps);
  CHECK(max_flow(graph, {VertexId(0)}, {VertexId(1)}, links_of_plane(Plane::Vpc)) == 0_GBps);
  CHECK(max_flow(graph, {}, {VertexId(1)}, AllLinks) == 0_GBps);
}
