#include "topology/fabrics/parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cm::topology {
namespace {

using sim::fabric::PortIndex;

constexpr std::string_view OnePort = "port:";
constexpr std::string_view BothWays = "link:";

std::string full_name(std::uint32_t fabric, const std::string& name)
{
  return (fabric > 0 ? "scale_out." : "") + name;
}

}  // namespace

Parts::Parts(std::vector<FabricPlan> plans) : plans_(std::move(plans)), ports_(wire_ports(plans_))
{
  add_endpoints();
  add_chips_and_groups();
  for (std::uint32_t port = 0; port < ports(); ++port)
    add_port(port);
  for (auto& [name, ports] : parts_) {
    std::ranges::sort(ports);
    const auto repeated = std::ranges::unique(ports);
    ports.erase(repeated.begin(), repeated.end());
  }
}

void Parts::add_endpoints()
{
  const FabricSite& site = plans_.front().site;
  for (std::uint32_t endpoint = 0; endpoint < site.endpoints(); ++endpoint)
    vertices_.push_back(endpoint < site.dies() ? fmt::format("die:{}", endpoint)
                                               : fmt::format("cpu:{}", endpoint - site.dies()));
  for (const std::string& name : vertices_)
    parts_[name];
  for (std::uint32_t node = 0; node < site.nodes; ++node)
    parts_[fmt::format("node:{}", node)];
}

void Parts::add_chips_and_groups()
{
  for (std::uint32_t fabric = 0; fabric < plans_.size(); ++fabric) {
    for (const FabricChip& chip : plans_[fabric].chips)
      parts_[vertices_.emplace_back(full_name(fabric, chip.name))];
    for (const std::string& group : plans_[fabric].groups)
      parts_[full_name(fabric, group)];
  }
}

void Parts::add_port(std::uint32_t port)
{
  const WiredPort& wired = ports_[port];
  const FabricPlan& plan = plans_[wired.fabric];
  const FabricSite& site = plan.site;
  for (const std::uint32_t vertex : {wired.from, wired.to}) {
    parts_[vertices_[vertex]].push_back(port);
    if (plan.is_endpoint(vertex))
      parts_[fmt::format("node:{}", site.node_of(vertex))].push_back(port);
  }
  if (const std::uint32_t group = plan.cables[wired.cable].group; group != NoGroup)
    parts_[full_name(wired.fabric, plan.groups.at(group))].push_back(port);
}

std::optional<std::vector<PortIndex>> Parts::ports_named(std::string_view part) const
{
  const bool is_link = part.starts_with(BothWays);
  if (!is_link && !part.starts_with(OnePort)) {
    const auto found = parts_.find(part);
    return found != parts_.end() ? std::optional(found->second) : std::nullopt;
  }
  const std::string_view name = part.substr(is_link ? BothWays.size() : OnePort.size());
  for (PortIndex port = 0; port < ports(); ++port)
    if (name_of(port) == name) {
      const PortIndex reverse = ports_[port].reverse;
      return is_link ? std::vector{std::min(port, reverse), std::max(port, reverse)} : std::vector{port};
    }
  return std::nullopt;
}

std::string Parts::name_of(PortIndex port) const
{
  return to_text(ports_.at(port), plans_);
}

std::vector<std::string_view> Parts::names() const
{
  std::vector<std::string_view> names;
  for (const auto& [name, ports] : parts_)
    names.push_back(name);
  return names;
}

}  // namespace cm::topology
