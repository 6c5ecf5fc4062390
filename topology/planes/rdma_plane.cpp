#include "topology/planes/rdma_plane.h"

#include <fmt/format.h>

namespace cm::topology {

void add_rdma_plane(Graph& graph, BytesPerSecond die_bandwidth)
{
  const VertexId fabric = graph.add_vertex({.kind = VertexKind::RdmaFabric,
                                            .index = 0,
                                            .name = "rdma",
                                            .node = std::nullopt,
                                            .npu = std::nullopt,
                                            .sub_plane = std::nullopt});
  for (const VertexId die : graph.vertices_of(VertexKind::Die)) {
    const std::uint32_t index = graph.vertex(die).index;
    const VertexId nic = graph.add_vertex({.kind = VertexKind::RdmaNic,
                                           .index = index,
                                           .name = fmt::format("nic:{}", index),
                                           .node = graph.vertex(die).node,
                                           .npu = std::nullopt,
                                           .sub_plane = std::nullopt});
    add_link_pair(graph, {die, nic, die_bandwidth, Plane::Rdma, std::nullopt});
    add_link_pair(graph, {nic, fabric, die_bandwidth, Plane::Rdma, std::nullopt});
  }
}

}  // namespace cm::topology
