#include "topology/graph/max_flow.h"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/boykov_kolmogorov_max_flow.hpp>

#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <utility>

namespace cm::topology {
namespace {

using Traits = boost::adjacency_list_traits<boost::vecS, boost::vecS, boost::bidirectionalS>;

struct Arc {
  std::int64_t capacity = 0;
  std::int64_t residual = 0;
  Traits::edge_descriptor reverse{};
};

using Network = boost::adjacency_list<boost::vecS, boost::vecS, boost::bidirectionalS, boost::no_property, Arc>;

// The algorithm needs a reverse arc beside every arc, here of capacity 0: cables carry both directions at
// once.
void add_arc(Network& network, std::size_t from, std::size_t to, std::int64_t capacity)
{
  const auto forward = boost::add_edge(from, to, network).first;
  const auto backward = boost::add_edge(to, from, network).first;
  network[forward] = {capacity, 0, backward};
  network[backward] = {0, 0, forward};
}

}  // namespace

BytesPerSecond max_flow(const Graph& graph, const std::vector<VertexId>& sources, const std::vector<VertexId>& sinks,
                        const LinkFilter& filter)
{
  // One vertex for all sources, one for all sinks, and one arc for all links between two: thousands of links to one
  // chip would each be a way to look at.
  const std::size_t source = graph.vertex_count();
  const std::size_t sink = source + 1;
  std::vector<std::size_t> place(graph.vertex_count());
  std::iota(place.begin(), place.end(), std::size_t{0});
  for (const VertexId id : sources)
    place[id.index()] = source;
  for (const VertexId id : sinks)
    place[id.index()] = sink;
  std::map<std::pair<std::size_t, std::size_t>, std::int64_t> capacities;
  for (const Link& link : graph.links())
    if (place[link.from.index()] != place[link.to.index()] && filter(link))
      capacities[{place[link.from.index()], place[link.to.index()]}] += std::llround(link.bandwidth.count());
  Network network(sink + 1);
  for (const auto& [ends, capacity] : capacities)
    add_arc(network, ends.first, ends.second, capacity);

  const auto flow = boost::boykov_kolmogorov_max_flow(
      network, boost::get(&Arc::capacity, network), boost::get(&Arc::residual, network),
      boost::get(&Arc::reverse, network), boost::get(boost::vertex_index, network), source, sink);
  return BytesPerSecond(static_cast<double>(flow));
}

}  // namespace cm::topology
