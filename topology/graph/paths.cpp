#include "topology/graph/paths.h"

#include "topology/graph/storage.h"

#include <boost/graph/breadth_first_search.hpp>
#include <boost/graph/strong_components.hpp>
#include <boost/property_map/property_map.hpp>

#include <algorithm>

namespace cm::topology {

LinkFilter links_of_plane(Plane plane)
{
  return [plane](const Link& link) { return link.plane == plane; };
}

LinkFilter links_of_sub_plane(std::uint32_t sub_plane)
{
  return [sub_plane](const Link& link) { return link.plane == Plane::Ub && link.sub_plane == sub_plane; };
}

std::optional<std::vector<VertexId>> shortest_path(const Graph& graph, VertexId from, VertexId to,
                                                   const LinkFilter& filter)
{
  constexpr std::uint32_t Unreached = UINT32_MAX;
  std::vector<std::uint32_t> predecessor(graph.vertex_count(), Unreached);
  const auto sub_graph = graph.storage().sub_graph(filter);
  const auto visitor = boost::make_bfs_visitor(boost::record_predecessors(
      boost::make_iterator_property_map(predecessor.begin(), boost::get(boost::vertex_index, sub_graph)),
      boost::on_tree_edge()));
  boost::breadth_first_search(sub_graph, from.index(), boost::visitor(visitor));

  if (from != to && predecessor[to.index()] == Unreached)
    return std::nullopt;
  std::vector<VertexId> path{to};
  while (path.back() != from)
    path.emplace_back(predecessor[path.back().index()]);
  std::ranges::reverse(path);
  return path;
}

std::vector<std::uint32_t> strong_components(const Graph& graph, const LinkFilter& filter)
{
  std::vector<std::uint32_t> component(graph.vertex_count());
  const auto sub_graph = graph.storage().sub_graph(filter);
  boost::strong_components(
      sub_graph, boost::make_iterator_property_map(component.begin(), boost::get(boost::vertex_index, sub_graph)));
  return component;
}

}  // namespace cm::topology
