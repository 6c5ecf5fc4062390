#include "tests/property/reference_graph.h"

#include <algorithm>

namespace cm::tests {

using namespace sim::fabric;

ReferenceGraph::ReferenceGraph(const NetworkSpec& network, bool has_changes)
    : graph_(network.graph), endpoints_(network.endpoints()), usable_(network.ports.size(), true)
{
  if (graph_.ends.empty())
    lay_out_clos(network, has_changes);
  ports_of_.resize(graph_.vertices);
  for (std::uint32_t port = 0; port < graph_.ends.size(); ++port) {
    ports_of_[graph_.ends[port].from].push_back(port);
    roles_ = std::max(roles_, graph_.ends[port].role + 1U);
    stages_ = std::max(stages_, graph_.ends[port].stage + 1U);
  }
  measure_latencies(network);
}

// Vertices: endpoints, then a leaf for every group and lane, then the spines of every lane.
void ReferenceGraph::lay_out_clos(const NetworkSpec& network, bool has_changes)
{
  const std::uint32_t groups = *std::ranges::max_element(network.group_of) + 1;
  const auto leaf = [&](std::uint32_t group, std::uint32_t lane) { return endpoints_ + group * network.lanes + lane; };
  graph_.ends.resize(network.ports.size());
  graph_.vertices = leaf(groups, 0) + network.lanes * network.spines;
  graph_.levels = has_changes ? 2 : 1;
  graph_.ways = std::max(network.spines, 1U);
  for (std::uint32_t endpoint = 0; endpoint < endpoints_; ++endpoint)
    for (std::uint32_t lane = 0; lane < network.lanes; ++lane) {
      const std::uint32_t place = endpoint * network.lanes + lane;
      const std::uint32_t chip = leaf(network.group_of[endpoint], lane);
      graph_.ends[network.lane_out_ports[place]] = {.from = endpoint, .to = chip, .stage = 0};
      graph_.ends[network.lane_in_ports[place]] = {.from = chip, .to = endpoint, .stage = 3};
    }
  for (std::uint32_t group = 0; group < groups; ++group)
    for (std::uint32_t lane = 0; lane < network.lanes; ++lane)
      for (std::uint32_t spine = 0; spine < network.spines; ++spine) {
        const std::uint32_t place = (group * network.lanes + lane) * network.spines + spine;
        const std::uint32_t chip = leaf(groups, 0) + lane * network.spines + spine;
        graph_.ends[network.up_ports[place]] = {.from = leaf(group, lane), .to = chip, .stage = 1};
        graph_.ends[network.down_ports[place]] = {.from = chip, .to = leaf(group, lane), .stage = 2};
      }
}

void ReferenceGraph::measure_latencies(const NetworkSpec& network)
{
  latencies_.assign(endpoints_, std::vector<std::int64_t>(endpoints_));
  for (std::uint32_t from = 0; from < endpoints_; ++from)
    for (std::uint32_t to = 0; to < endpoints_; ++to) {
      Place place{.vertex = from};
      while (place.vertex != to) {
        const std::vector<std::uint32_t> ports = candidates(place, to);
        if (ports.empty())
          break;
        latencies_[from][to] += to_picoseconds(network.ports[ports.front()].latency).count();
        place = {ends(ports.front()).to, ends(ports.front()).stage};
      }
      if (place.vertex != to)
        latencies_[from][to] = 0;
    }
}

void ReferenceGraph::set_usable(std::uint32_t port, bool usable)
{
  usable_[port] = usable;
  costs_.clear();
}

// The first role by which there is a way has all the candidates.
std::vector<std::uint32_t> ReferenceGraph::candidates(const Place& place, std::uint32_t destination)
{
  std::vector<std::uint32_t> found;
  for (std::uint32_t role = 0; role < roles_ && found.empty(); ++role) {
    const Costs& costs = costs_to(destination, role);
    const Cost least = costs[place.vertex][static_cast<std::size_t>(place.stage + 1)];
    if (least.ports >= NoWay.ports)
      continue;
    for (const std::uint32_t port : ports_of_[place.vertex]) {
      if (!may_leave(place, port, role))
        continue;
      const Cost cost = cost_by(costs, place, port);
      if (cost.ports == least.ports && (graph_.every_order || cost.raises == least.raises))
        found.push_back(port);
    }
  }
  return found;
}

bool ReferenceGraph::raises_level(const Place& place, std::uint32_t port) const
{
  return place.stage >= graph_.ends[port].stage;
}

const ReferenceGraph::Costs& ReferenceGraph::costs_to(std::uint32_t destination, std::uint32_t role)
{
  const auto [known, is_new] = costs_.try_emplace({destination, role});
  Costs& costs = known->second;
  if (is_new) {
    costs.assign(graph_.vertices, std::vector<Cost>(stages_ + 1, NoWay));
    costs[destination].assign(stages_ + 1, {0, 0});
    while (shorten(costs, destination, role)) {
    }
  }
  return costs;
}

// Looks once at every port from every place; false: no way has become shorter.
bool ReferenceGraph::shorten(Costs& costs, std::uint32_t destination, std::uint32_t role) const
{
  bool is_shorter = false;
  for (std::uint32_t vertex = 0; vertex < graph_.vertices; ++vertex)
    for (std::int64_t stage = -1; stage < std::int64_t{stages_} && vertex != destination; ++stage)
      for (const std::uint32_t port : ports_of_[vertex]) {
        const Place place{vertex, stage};
        Cost& known = costs[vertex][static_cast<std::size_t>(stage + 1)];
        if (!may_leave(place, port, role) || cost_by(costs, place, port) >= known)
          continue;
        known = cost_by(costs, place, port);
        is_shorter = true;
      }
  return is_shorter;
}

bool ReferenceGraph::may_leave(const Place& place, std::uint32_t port, std::uint32_t role) const
{
  const bool forwards = place.stage < 0 || !is_endpoint(place.vertex) || graph_.endpoints_forward;
  return usable_[port] && ends(port).role == role && forwards;
}

ReferenceGraph::Cost ReferenceGraph::cost_by(const Costs& costs, const Place& place, std::uint32_t port) const
{
  const Cost& behind = costs[ends(port).to][ends(port).stage + std::size_t{1}];
  return {behind.ports + 1, behind.raises + (raises_level(place, port) ? 1 : 0)};
}

}  // namespace cm::tests
