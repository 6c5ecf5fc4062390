#include "topology/checks/sub_planes.h"

#include "topology/graph/paths.h"

#include <algorithm>

namespace cm::topology {
namespace {

std::vector<VertexId> ub_endpoints(const Graph& graph)
{
  std::vector<VertexId> endpoints = graph.vertices_of(VertexKind::Die);
  const std::vector<VertexId> cpus = graph.vertices_of(VertexKind::Cpu);
  endpoints.insert(endpoints.end(), cpus.begin(), cpus.end());
  return endpoints;
}

}  // namespace

std::uint32_t count_sub_planes(const Graph& graph)
{
  std::uint32_t count = 0;
  for (const VertexKind kind : {VertexKind::L1Switch, VertexKind::L2Switch})
    for (const VertexId id : graph.vertices_of(kind))
      count = std::max(count, graph.vertex(id).sub_plane.value() + 1);
  return count;
}

bool every_pair_reachable(const Graph& graph)
{
  const std::vector<VertexId> endpoints = ub_endpoints(graph);
  for (std::uint32_t sub_plane = 0; sub_plane < count_sub_planes(graph); ++sub_plane) {
    const auto component = strong_components(graph, links_of_sub_plane(sub_plane));
    const auto elsewhere = [&](VertexId id) { return component[id.index()] != component[endpoints.front().index()]; };
    if (std::ranges::any_of(endpoints, elsewhere))
      return false;
  }
  return true;
}

bool sub_planes_disjoint(const Graph& graph)
{
  const auto stays = [&graph](const Link& link, VertexId end) {
    const Vertex& vertex = graph.vertex(end);
    return !is_ub_switch(vertex.kind) || vertex.sub_plane == link.sub_plane;
  };
  return std::all_of(graph.links().begin(), graph.links().end(), [&](const Link& link) {
    return link.plane != Plane::Ub || (stays(link, link.from) && stays(link, link.to));
  });
}

}  // namespace cm::topology
