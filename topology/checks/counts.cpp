#include "topology/checks/counts.h"

#include <set>

namespace cm::topology {

MachineCounts count_machine(const Graph& graph)
{
  const auto devices = [&graph](VertexKind kind) { return static_cast<std::uint32_t>(graph.vertices_of(kind).size()); };
  std::set<std::uint32_t> nodes;
  std::set<std::uint32_t> npus;
  for (const VertexId die : graph.vertices_of(VertexKind::Die)) {
    nodes.insert(graph.vertex(die).node.value().index());
    npus.insert(graph.vertex(die).npu.value());
  }
  return {.nodes = static_cast<std::uint32_t>(nodes.size()),
          .npus = static_cast<std::uint32_t>(npus.size()),
          .dies = devices(VertexKind::Die),
          .cpus = devices(VertexKind::Cpu),
          .l1_switches = devices(VertexKind::L1Switch),
          .l2_switches = devices(VertexKind::L2Switch),
          .l1_l2_links = count_links(graph, VertexKind::L1Switch, VertexKind::L2Switch),
          .rdma_nics = devices(VertexKind::RdmaNic),
          .qingtian_cards = devices(VertexKind::QingtianCard)};
}

}  // namespace cm::topology
