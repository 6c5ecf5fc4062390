// Description of a network for the packet fabric: ports, and which of them a packet visits. Neutral: endpoints in
// groups, with as many lanes each as there are disjoint networks; each of these is a two-tier Clos (one leaf per group,
// `spines` spines). A single-tier network has one group and no spines.
#pragma once

#include "sim/units/quantity.h"

#include <cstdint>
#include <vector>

namespace cm::sim::fabric {

// An output port and the link behind it, one direction. At most 2^20 of them.
using PortIndex = std::uint32_t;

// Messages name lanes in a byte.
inline constexpr std::uint32_t MostLanes = 255;
inline constexpr std::uint32_t MostSpines = 255;

struct PortSpec {
  BytesPerSecond rate;
  Seconds latency;  // from the first bit leaving this port to the same bit at the next port
  Bytes buffer;     // room in front of the port; finite only with flow_control: credits

  friend bool operator==(const PortSpec&, const PortSpec&) = default;
};

// A packet from endpoint a to b on lane p visits lane_out(a,p), then lane_in(b,p) when both are in one group; else
// lane_out(a,p), up(group(a),p,s), down(group(b),p,s), lane_in(b,p) for a spine s.
struct NetworkSpec {
  std::vector<PortSpec> ports;
  std::uint32_t lanes = 0;                // of an endpoint
  std::uint32_t spines = 0;               // reached by one lane
  std::vector<std::uint32_t> group_of;    // [endpoint]
  std::vector<PortIndex> lane_out_ports;  // [endpoint * lanes + p]
  std::vector<PortIndex> lane_in_ports;   // [endpoint * lanes + p]
  std::vector<PortIndex> up_ports;        // [(group * lanes + p) * spines + s]
  std::vector<PortIndex> down_ports;      // [(group * lanes + p) * spines + s]

  [[nodiscard]] std::uint32_t endpoints() const { return static_cast<std::uint32_t>(group_of.size()); }
};

}  // namespace cm::sim::fabric
