#include "topology/planes/fabric_plane.h"

namespace cm::topology {

void add_fabric_plane(Graph& graph, const FabricPlan& plan, std::uint32_t role)
{
  std::vector<VertexId> vertices = graph.vertices_of(VertexKind::Die);  // [vertex of the plan]
  const std::vector<VertexId> cpus = graph.vertices_of(VertexKind::Cpu);
  vertices.insert(vertices.end(), cpus.begin(), cpus.end());
  for (std::uint32_t chip = 0; chip < plan.chips.size(); ++chip) {
    const auto node = plan.chips[chip].node;
    vertices.push_back(graph.add_vertex({.kind = VertexKind::Switch,
                                         .index = chip,
                                         .name = (role > 0 ? "scale_out." : "") + plan.chips[chip].name,
                                         .node = node ? std::optional(NodeId(*node)) : std::nullopt,
                                         .npu = std::nullopt,
                                         .sub_plane = std::nullopt}));
  }
  const Plane plane = role == 0 ? Plane::Ub : Plane::Rdma;
  for (const FabricCable& cable : plan.cables)
    add_link_pair(graph, {vertices.at(cable.from), vertices.at(cable.to), cable.rate, plane, std::nullopt});
}

}  // namespace cm::topology
