#include "topology/checks/capacities.h"

#include "topology/graph/max_flow.h"

#include <algorithm>

namespace cm::topology {
namespace {

BytesPerSecond total(const Graph& graph, VertexKind from, VertexKind to)
{
  BytesPerSecond sum;
  for (const Link& link : graph.links())
    if (graph.vertex(link.from).kind == from && graph.vertex(link.to).kind == to)
      sum += link.bandwidth;
  return sum;
}

// The endpoints of a node stand behind its L1 chips, so unlimited endpoints are L1 chips that send and absorb
// without limit, and the flow crosses switches only. With an odd number of nodes the first half is the smaller one.
BytesPerSecond bisection(const Graph& graph)
{
  const std::vector<VertexId> l1_switches = graph.vertices_of(VertexKind::L1Switch);
  std::uint32_t nodes = 0;
  for (const VertexId id : l1_switches)
    nodes = std::max(nodes, graph.vertex(id).node.value().index() + 1);
  std::vector<VertexId> first_half;
  std::vector<VertexId> second_half;
  for (const VertexId id : l1_switches)
    (graph.vertex(id).node.value().index() < nodes / 2 ? first_half : second_half).push_back(id);
  return max_flow(graph, first_half, second_half, [&graph](const Link& link) {
    return is_ub_switch(graph.vertex(link.from).kind) && is_ub_switch(graph.vertex(link.to).kind);
  });
}

bool is_of_dies(VertexKind kind)
{
  return kind == VertexKind::Die || kind == VertexKind::Switch;
}

}  // namespace

BytesPerSecond die_bisection(const Graph& graph)
{
  const std::vector<VertexId> dies = graph.vertices_of(VertexKind::Die);
  const auto node_of = [&graph](VertexId die) { return graph.vertex(die).node.value().index(); };
  const std::uint32_t nodes = node_of(dies.back()) + 1;
  std::vector<VertexId> first_half;
  std::vector<VertexId> second_half;
  for (std::size_t die = 0; die < dies.size(); ++die) {
    const bool is_first = nodes > 1 ? node_of(dies[die]) < nodes / 2 : die < dies.size() / 2;
    (is_first ? first_half : second_half).push_back(dies[die]);
  }
  return max_flow(graph, first_half, second_half, [&graph](const Link& link) {
    return link.plane != Plane::Package && is_of_dies(graph.vertex(link.from).kind) &&
           is_of_dies(graph.vertex(link.to).kind);
  });
}

double oversubscription(BytesPerSecond endpoints, BytesPerSecond uplinks)
{
  return uplinks.count() > 0 ? ratio(endpoints, uplinks) : 0.0;
}

UbCapacities ub_capacities(const Graph& graph)
{
  const BytesPerSecond uplinks = total(graph, VertexKind::L1Switch, VertexKind::L2Switch);
  const BytesPerSecond from_dies = total(graph, VertexKind::Die, VertexKind::L1Switch);
  const BytesPerSecond from_cpus = total(graph, VertexKind::Cpu, VertexKind::L1Switch);
  return {.l1_to_l2 = uplinks,
          .bisection = bisection(graph),
          .npu_oversubscription = oversubscription(from_dies, uplinks),
          .oversubscription = oversubscription(from_dies + from_cpus, uplinks)};
}

}  // namespace cm::topology
