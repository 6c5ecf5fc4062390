#include "sim/fabric/switched/clos_graph.h"

#include <algorithm>

namespace cm::sim::fabric {
namespace {

constexpr std::uint8_t LaneStage = 0;
constexpr std::uint8_t UpStage = 1;
constexpr std::uint8_t DownStage = 2;
constexpr std::uint8_t DeliveryStage = 3;

}  // namespace

SwitchGraph graph_of(const NetworkSpec& network)
{
  if (!network.graph.ends.empty())
    return network.graph;
  const std::uint32_t endpoints = network.endpoints();
  const std::uint32_t groups = std::ranges::max(network.group_of) + 1;
  const std::uint32_t first_spine = endpoints + groups * network.lanes;
  SwitchGraph graph;
  graph.ends.resize(network.ports.size());
  graph.vertices = first_spine + network.lanes * network.spines;
  graph.ways = std::max(network.spines, 1U);
  for (std::uint32_t place = 0; place < network.lane_out_ports.size(); ++place) {
    const std::uint32_t endpoint = place / network.lanes;
    const VertexIndex leaf = endpoints + network.group_of[endpoint] * network.lanes + place % network.lanes;
    graph.ends[network.lane_out_ports[place]] = {endpoint, leaf, LaneStage};
    graph.ends[network.lane_in_ports[place]] = {leaf, endpoint, DeliveryStage};
  }
  for (std::uint32_t place = 0; place < network.up_ports.size(); ++place) {
    const std::uint32_t leaf = place / network.spines;
    const VertexIndex spine = first_spine + leaf % network.lanes * network.spines + place % network.spines;
    graph.ends[network.up_ports[place]] = {endpoints + leaf, spine, UpStage};
    graph.ends[network.down_ports[place]] = {spine, endpoints + leaf, DownStage};
  }
  return graph;
}

}  // namespace cm::sim::fabric
