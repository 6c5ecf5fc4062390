#include "topology/graph/max_flow.h"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/boykov_kolmogorov_max_flow.hpp>

#include <cmath>
#include <cstdint>

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
  const std::size_t source = graph.vertex_count();
  const std::size_t sink = source + 1;
  Network network(sink + 1);
  std::int64_t unbounded = 1;  // more than all links together
  for (const Link& link : graph.links()) {
    if (!filter(link))
      continue;
    const std::int64_t capacity = std::llround(link.bandwidth.count());
    add_arc(network, link.from.index(), link.to.index(), capacity);
    unbounded += capacity;
  }
  for (const VertexId id : sources)
    add_arc(network, source, id.index(), unbounded);
  for (const VertexId id : sinks)
    add_arc(network, id.index(), sink, unbounded);

  const auto flow = boost::boykov_kolmogorov_max_flow(
      network, boost::get(&Arc::capacity, network), boost::get(&Arc::residual, network),
      boost::get(&Arc::reverse, network), boost::get(boost::vertex_index, network), source, sink);
  return BytesPerSecond(static_cast<double>(flow));
}

}  // namespace cm::topology
