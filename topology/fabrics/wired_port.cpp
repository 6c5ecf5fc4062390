#include "topology/fabrics/wired_port.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace cm::topology {
namespace {

using sim::fabric::PortIndex;

// Numbers of a fabric's first chip and lane among those of all.
struct Offsets {
  std::uint32_t chips = 0;
  std::uint32_t lanes = 0;
};

WiredPort wired(const FabricPlan& plan, std::uint32_t fabric, const Offsets& offsets, std::uint32_t cable, bool is_back)
{
  const FabricCable& wire = plan.cables[cable];
  const auto vertex = [&](std::uint32_t own) { return plan.is_endpoint(own) ? own : own + offsets.chips; };
  const auto lane = [&](std::uint32_t own) { return own == NoLane ? NoLane : own + offsets.lanes; };
  WiredPort port{.fabric = fabric,
                 .cable = cable,
                 .is_back = is_back,
                 .from = vertex(wire.from),
                 .to = vertex(wire.to),
                 .lane_out = lane(wire.from_lane),
                 .lane_in = lane(wire.to_lane)};
  if (is_back) {
    std::swap(port.from, port.to);
    std::swap(port.lane_out, port.lane_in);
  }
  return port;
}

// [port]: twice the cable, plus one for the way back.
std::vector<std::uint32_t> ordered_ports(const FabricPlan& plan)
{
  std::vector<std::uint32_t> order(2 * plan.cables.size());
  for (std::uint32_t i = 0; i < order.size(); ++i)
    order[i] = i;
  const auto key = [&plan](std::uint32_t port) {
    const FabricCable& cable = plan.cables[port / 2];
    return std::tuple(cable.group, port % 2 == 0 ? cable.stage : cable.back_stage, port);
  };
  std::ranges::sort(order, {}, key);
  return order;
}

void add_ports(const FabricPlan& plan, std::uint32_t fabric, const Offsets& offsets, std::vector<WiredPort>& ports)
{
  std::vector<PortIndex> place(2 * plan.cables.size());  // [twice the cable, plus one for the way back]
  const std::size_t first = ports.size();
  for (const std::uint32_t port : ordered_ports(plan)) {
    place[port] = static_cast<PortIndex>(ports.size());
    ports.push_back(wired(plan, fabric, offsets, port / 2, port % 2 == 1));
  }
  for (std::size_t i = first; i < ports.size(); ++i)
    ports[i].reverse = place[2 * ports[i].cable + (ports[i].is_back ? 0 : 1)];
}

std::string_view title_of(const FabricPlan& plan, std::uint32_t vertex)
{
  const FabricChip& chip = plan.chips[vertex - plan.site.endpoints()];
  return chip.title.empty() ? chip.name : chip.title;
}

// Both ends are endpoints, or both are chips.
std::string text_between_equals(const FabricPlan& plan, const FabricCable& cable, bool is_back)
{
  const std::string link = cable.number > 0 ? fmt::format(" link {}", cable.number) : std::string();
  const std::uint32_t sender = is_back ? cable.to : cable.from;
  const std::uint32_t receiver = is_back ? cable.from : cable.to;
  if (plan.is_endpoint(sender))
    return fmt::format("link endpoint {} endpoint {}{}", sender, receiver, link);
  const auto tier = [&plan](std::uint32_t vertex) { return plan.chips[vertex - plan.site.endpoints()].tier; };
  if (tier(sender) == tier(receiver))
    return fmt::format("peer {} {}{}", title_of(plan, sender), title_of(plan, receiver), link);
  return fmt::format("{} {} {}{}", is_back ? "down" : "up", title_of(plan, cable.from), title_of(plan, cable.to), link);
}

}  // namespace

std::vector<WiredPort> wire_ports(std::span<const FabricPlan> plans)
{
  std::vector<WiredPort> ports;
  Offsets offsets;
  for (std::uint32_t fabric = 0; fabric < plans.size(); ++fabric) {
    const FabricPlan& plan = plans[fabric];
    add_ports(plan, fabric, offsets, ports);
    offsets.chips += static_cast<std::uint32_t>(plan.chips.size());
    offsets.lanes += static_cast<std::uint32_t>(plan.lanes.size());
  }
  return ports;
}

std::string to_text(const WiredPort& port, std::span<const FabricPlan> plans)
{
  const FabricPlan& plan = plans[port.fabric];
  const FabricCable& cable = plan.cables[port.cable];
  const std::string prefix = port.fabric > 0 ? "scale-out " : "";
  if (plan.is_endpoint(cable.from) == plan.is_endpoint(cable.to))
    return prefix + text_between_equals(plan, cable, port.is_back);
  return fmt::format("{}{} endpoint {} {}", prefix, port.is_back ? "delivery" : "lane", cable.from,
                     plan.lanes.at(cable.from_lane));
}

}  // namespace cm::topology
