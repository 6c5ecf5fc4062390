#include "topology/planes/ub_plane.h"

#include <fmt/format.h>

namespace cm::topology {
namespace {

std::vector<VertexId> add_l1_switches(Graph& graph, std::uint32_t nodes, std::uint32_t sub_plane)
{
  std::vector<VertexId> switches;
  for (std::uint32_t node = 0; node < nodes; ++node)
    switches.push_back(graph.add_vertex({.kind = VertexKind::L1Switch,
                                         .index = node,
                                         .name = fmt::format("l1:{}.{}", node, sub_plane),
                                         .node = NodeId(node),
                                         .npu = std::nullopt,
                                         .sub_plane = sub_plane}));
  return switches;
}

std::vector<VertexId> add_l2_switches(Graph& graph, std::uint32_t count, std::uint32_t sub_plane)
{
  std::vector<VertexId> switches;
  for (std::uint32_t chip = 0; chip < count; ++chip)
    switches.push_back(graph.add_vertex({.kind = VertexKind::L2Switch,
                                         .index = chip,
                                         .name = fmt::format("l2:{}.{}", sub_plane, chip),
                                         .node = std::nullopt,
                                         .npu = std::nullopt,
                                         .sub_plane = sub_plane}));
  return switches;
}

void add_lanes(Graph& graph, VertexKind kind, BytesPerSecond bandwidth, const std::vector<VertexId>& l1_switches)
{
  for (const VertexId endpoint : graph.vertices_of(kind)) {
    const VertexId l1_switch = l1_switches.at(graph.vertex(endpoint).node.value().index());
    add_link_pair(graph, {endpoint, l1_switch, bandwidth, Plane::Ub, graph.vertex(l1_switch).sub_plane});
  }
}

}  // namespace

void add_ub_plane(Graph& graph, const UbPlaneSpec& spec)
{
  for (std::uint32_t sub_plane = 0; sub_plane < spec.sub_planes; ++sub_plane) {
    const auto l1_switches = add_l1_switches(graph, spec.nodes, sub_plane);
    const auto l2_switches = add_l2_switches(graph, spec.l2_per_sub_plane, sub_plane);
    add_lanes(graph, VertexKind::Die, spec.die_lane_bandwidth, l1_switches);
    add_lanes(graph, VertexKind::Cpu, spec.cpu_lane_bandwidth, l1_switches);
    for (const VertexId l1_switch : l1_switches)
      for (const VertexId l2_switch : l2_switches)
        add_link_pair(graph, {l1_switch, l2_switch, spec.uplink_bandwidth, Plane::Ub, sub_plane});
  }
}

}  // namespace cm::topology
