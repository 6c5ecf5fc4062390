// The ports of the fabrics of a machine, as the packet fabric numbers them: fabric by fabric, in a fabric group by
// group (a cable of no group comes last), in a group by stage, and then as the cables stand in the plan.
#pragma once

#include "sim/fabric/network_spec.h"
#include "topology/fabrics/fabric_plan.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace cm::topology {

// The sending end of one direction of a cable. Lanes and vertices are numbered over all fabrics: endpoints are shared,
// lanes and chips of a fabric follow those of the fabric before.
struct WiredPort {
  std::uint32_t fabric = 0;  // the role of its packets
  std::uint32_t cable = 0;   // of its plan
  bool is_back = false;      // from `to` to `from`
  sim::fabric::VertexIndex from = 0;
  sim::fabric::VertexIndex to = 0;
  std::uint32_t lane_out = NoLane;                            // of the endpoint that sends on it
  std::uint32_t lane_in = NoLane;                             // of the endpoint that it delivers to
  sim::fabric::PortIndex reverse = sim::fabric::NoPortIndex;  // the other direction
};

// Requires plans of one site.
std::vector<WiredPort> wire_ports(std::span<const FabricPlan> plans);

// "lane endpoint 17 rail 3", "up leaf:4 spine:7", "delivery endpoint 17 rail 3", "link endpoint 3 endpoint 5". Of the
// second fabric of a machine with "scale-out " before it.
std::string to_text(const WiredPort& port, std::span<const FabricPlan> plans);

}  // namespace cm::topology
