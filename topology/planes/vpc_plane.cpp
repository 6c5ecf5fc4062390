#include "topology/planes/vpc_plane.h"

#include <fmt/format.h>

namespace cm::topology {
namespace {

// [node], in the order of nodes.
std::vector<VertexId> first_cpus(const Graph& graph)
{
  std::vector<VertexId> first;
  for (const VertexId cpu : graph.vertices_of(VertexKind::Cpu))
    if (graph.vertex(cpu).node == NodeId(static_cast<std::uint32_t>(first.size())))
      first.push_back(cpu);
  return first;
}

}  // namespace

void add_vpc_plane(Graph& graph, BytesPerSecond node_bandwidth)
{
  const VertexId fabric = graph.add_vertex({.kind = VertexKind::VpcFabric,
                                            .index = 0,
                                            .name = "vpc",
                                            .node = std::nullopt,
                                            .npu = std::nullopt,
                                            .sub_plane = std::nullopt});
  for (const VertexId cpu : first_cpus(graph)) {
    const NodeId node = graph.vertex(cpu).node.value();
    const VertexId card = graph.add_vertex({.kind = VertexKind::QingtianCard,
                                            .index = node.index(),
                                            .name = fmt::format("qingtian:{}", node.index()),
                                            .node = node,
                                            .npu = std::nullopt,
                                            .sub_plane = std::nullopt});
    add_link_pair(graph, {cpu, card, node_bandwidth, Plane::Vpc, std::nullopt});
    add_link_pair(graph, {card, fabric, node_bandwidth, Plane::Vpc, std::nullopt});
  }
}

}  // namespace cm::topology
