// Name of a port of a NetworkSpec, for reports: the inverse of its tables.
#pragma once

#include "sim/fabric/network_spec.h"

#include <optional>
#include <string>
#include <vector>

namespace cm::topology {

struct PortName {
  // Lane: endpoint to L1 chip. Up: L1 to L2. Down: L2 to L1. Delivery: L1 chip to endpoint.
  enum class Kind { Lane, Up, Down, Delivery };

  Kind kind = Kind::Lane;
  std::uint32_t node = 0;
  std::uint32_t lane = 0;
  std::optional<std::uint32_t> l2;        // chip among those that the lane reaches, of Up and Down
  std::optional<std::uint32_t> endpoint;  // of Lane and Delivery

  friend bool operator==(const PortName&, const PortName&) = default;
};

std::string to_text(const PortName& name);  // "up node 4 sub-plane 3 l2 7", "lane endpoint 17 sub-plane 3"

// A lane, and all that the packets on it pass: "sub-plane 3".
std::string lane_name(std::uint32_t lane);

// [port]. Throws SimulationError unless every port stands in exactly one table entry.
std::vector<PortName> name_ports(const sim::fabric::NetworkSpec& spec);

}  // namespace cm::topology
