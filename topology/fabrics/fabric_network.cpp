#include "topology/fabrics/fabric_network.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>

namespace cm::topology {
namespace {

using sim::fabric::NetworkSpec;
using sim::fabric::NoPortIndex;
using sim::fabric::PortIndex;

Seconds latency_of(const WiredPort& port, const FabricPlan& plan, const PortLatencies& latencies)
{
  const FabricCable& cable = plan.cables[port.cable];
  if (port.lane_out != NoLane && port.lane_in == NoLane)
    return latencies.endpoint_port;
  return cable.latency.value_or(port.lane_out == NoLane && port.lane_in != NoLane ? latencies.delivery_port
                                                                                  : latencies.trunk_port);
}

void describe(std::span<const FabricPlan> plans, NetworkSpec& network)
{
  const FabricSite& site = plans.front().site;
  network.graph.vertices = site.endpoints();
  for (std::uint32_t endpoint = 0; endpoint < site.endpoints(); ++endpoint)
    network.group_of.push_back(site.node_of(endpoint));
  for (const FabricPlan& plan : plans) {
    ensure(plan.site == site, "fabrics of one machine join different endpoints");
    network.lanes += static_cast<std::uint32_t>(plan.lanes.size());
    network.graph.vertices += static_cast<std::uint32_t>(plan.chips.size());
    network.graph.endpoints_forward |= plan.endpoints_forward;
    network.graph.every_order |= plan.every_order;
    network.graph.levels = std::max(network.graph.levels, plan.levels);
    network.graph.ways = std::max(network.graph.ways, plan.ways);
  }
  network.lane_out_ports.assign(std::size_t{site.endpoints()} * network.lanes, NoPortIndex);
  network.lane_in_ports.assign(network.lane_out_ports.size(), NoPortIndex);
}

}  // namespace

NetworkSpec fabric_network(std::span<const FabricPlan> plans, std::span<const FabricTiming> timing)
{
  NetworkSpec network;
  describe(plans, network);
  for (const WiredPort& port : wire_ports(plans)) {
    const auto number = static_cast<PortIndex>(network.ports.size());
    const FabricPlan& plan = plans[port.fabric];
    const FabricCable& cable = plan.cables[port.cable];
    network.ports.push_back(
        {cable.rate, latency_of(port, plan, timing[port.fabric].latencies), timing[port.fabric].buffer});
    network.graph.ends.push_back({.from = port.from,
                                  .to = port.to,
                                  .stage = port.is_back ? cable.back_stage : cable.stage,
                                  .role = static_cast<std::uint8_t>(port.fabric)});
    if (port.lane_out != NoLane) {
      const std::size_t place = std::size_t{port.from} * network.lanes + port.lane_out;
      ensure(network.lane_out_ports.at(place) == NoPortIndex, "endpoint {} has two cables on lane {}", port.from,
             port.lane_out);
      network.lane_out_ports[place] = number;
      network.lane_in_ports[place] = port.reverse;
    }
  }
  return network;
}

}  // namespace cm::topology
