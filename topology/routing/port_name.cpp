#include "topology/routing/port_name.h"

#include "sim/diagnostics/ensure.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace cm::topology {
namespace {

using sim::fabric::NetworkSpec;
using sim::fabric::PortIndex;

std::string_view word_of(PortName::Kind kind)
{
  switch (kind) {
  case PortName::Kind::Lane: return "lane";
  case PortName::Kind::Up: return "up";
  case PortName::Kind::Down: return "down";
  case PortName::Kind::Delivery: return "delivery";
  }
  return "unknown";
}

class PortNames {
 public:
  explicit PortNames(const NetworkSpec& spec) : spec_(spec), names_(spec.ports.size()) {}

  std::vector<PortName> collect()
  {
    add_lanes(PortName::Kind::Lane, spec_.lane_out_ports);
    add_lanes(PortName::Kind::Delivery, spec_.lane_in_ports);
    add_trunks(PortName::Kind::Up, spec_.up_ports);
    add_trunks(PortName::Kind::Down, spec_.down_ports);
    std::vector<PortName> names;
    for (const auto& name : names_) {
      ensure(name.has_value(), "port {} stands in no table", names.size());
      names.push_back(*name);
    }
    return names;
  }

 private:
  void set(PortIndex port, const PortName& name)
  {
    ensure(!names_.at(port).has_value(), "port {} stands in two tables", port);
    names_[port] = name;
  }

  void add_lanes(PortName::Kind kind, const std::vector<PortIndex>& table)
  {
    for (std::uint32_t i = 0; i < table.size(); ++i) {
      const std::uint32_t endpoint = i / spec_.lanes;
      set(table[i], {kind, spec_.group_of.at(endpoint), i % spec_.lanes, std::nullopt, endpoint});
    }
  }

  void add_trunks(PortName::Kind kind, const std::vector<PortIndex>& table)
  {
    for (std::uint32_t i = 0; i < table.size(); ++i) {
      const std::uint32_t l1_switch = i / spec_.spines;
      set(table[i], {kind, l1_switch / spec_.lanes, l1_switch % spec_.lanes, i % spec_.spines, std::nullopt});
    }
  }

  const NetworkSpec& spec_;  // borrowed
  std::vector<std::optional<PortName>> names_;
};

}  // namespace

std::string to_text(const PortName& name)
{
  if (name.endpoint)
    return fmt::format("{} endpoint {} {}", word_of(name.kind), *name.endpoint, lane_name(name.lane));
  return fmt::format("{} node {} {} l2 {}", word_of(name.kind), name.node, lane_name(name.lane), name.l2.value_or(0));
}

std::string lane_name(std::uint32_t lane)
{
  return fmt::format("sub-plane {}", lane);
}

std::vector<PortName> name_ports(const NetworkSpec& spec)
{
  return PortNames(spec).collect();
}

}  // namespace cm::topology
