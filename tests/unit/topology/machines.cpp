#include "tests/unit/topology/machines.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <stdexcept>

namespace cm::topology::test {
namespace {

std::vector<std::uint32_t> shuffled(std::uint32_t count, std::mt19937& generator)
{
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  std::shuffle(order.begin(), order.end(), generator);
  return order;
}

}  // namespace

SupernodeSpec full_spec()
{
  return {.nodes = 48,
          .nodes_per_rack = 4,
          .npus_per_node = 8,
          .dies_per_npu = 2,
          .cpus_per_node = 4,
          .sub_planes = 7,
          .l2_per_sub_plane = 16,
          .cpu_lanes = 7,
          .lane_bandwidth = 28_GBps,
          .uplink_bandwidth = 28_GBps,
          .cpu_bandwidth = 160_GBps,
          .die_to_die_bandwidth = 270_GBps,
          .rdma_bandwidth = 25_GBps,
          .vpc_bandwidth = 50_GBps};
}

SupernodeSpec small_spec()
{
  SupernodeSpec spec = full_spec();
  spec.nodes = 3;
  spec.nodes_per_rack = 2;
  spec.npus_per_node = 3;
  spec.cpus_per_node = 2;
  spec.sub_planes = 2;
  spec.l2_per_sub_plane = 3;
  return spec;
}

SupernodeSpec single_spec()
{
  SupernodeSpec spec = small_spec();
  spec.nodes = 1;
  return spec;
}

VertexId find_vertex(const Graph& graph, const std::string& name)
{
  for (std::uint32_t i = 0; i < graph.vertex_count(); ++i)
    if (graph.vertex(VertexId(i)).name == name)
      return VertexId(i);
  throw std::invalid_argument("no vertex " + name);
}

Graph without_links(const Graph& graph, const std::function<bool(const Link&)>& drop)
{
  Graph rest;
  for (std::uint32_t i = 0; i < graph.vertex_count(); ++i)
    rest.add_vertex(graph.vertex(VertexId(i)));
  for (const Link& link : graph.links())
    if (!drop(link))
      rest.add_link(link);
  return rest;
}

Graph renamed(const Graph& graph, std::uint32_t nodes, std::uint32_t seed)
{
  std::mt19937 generator(seed);
  const auto node_order = shuffled(nodes, generator);
  const auto vertex_order = shuffled(graph.vertex_count(), generator);
  const auto link_order = shuffled(static_cast<std::uint32_t>(graph.links().size()), generator);

  Graph other;
  std::vector<VertexId> moved_to(graph.vertex_count());
  for (const std::uint32_t i : vertex_order) {
    Vertex vertex = graph.vertex(VertexId(i));
    if (vertex.node)
      vertex.node = NodeId(node_order.at(vertex.node->index()));
    moved_to[i] = other.add_vertex(vertex);
  }
  for (const std::uint32_t i : link_order) {
    Link link = graph.link(LinkId(i));
    link.from = moved_to[link.from.index()];
    link.to = moved_to[link.to.index()];
    other.add_link(link);
  }
  return other;
}

}  // namespace cm::topology::test
