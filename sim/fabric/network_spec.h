// Description of a network for the packet fabric: ports, and which of them a packet visits. Neutral: endpoints in
// groups, with as many lanes each. Either a two-tier Clos for each lane (one leaf per group, `spines` spines; a
// single-tier network has one group and no spines), given by four tables; or any graph of switches (PortEnds).
#pragma once

#include "sim/units/quantity.h"

#include <cstdint>
#include <vector>

namespace cm::sim::fabric {

// An output port and the link behind it, one direction. At most 2^20 of them.
using PortIndex = std::uint32_t;

inline constexpr PortIndex NoPortIndex = ~PortIndex{0};

// Messages name lanes in a byte.
inline constexpr std::uint32_t MostLanes = 255;
inline constexpr std::uint32_t MostSpines = 255;

struct PortSpec {
  BytesPerSecond rate;
  Seconds latency;  // from the first bit leaving this port to the same bit at the next port
  Bytes buffer;     // room in front of the port; finite only with flow_control: credits

  friend bool operator==(const PortSpec&, const PortSpec&) = default;
};

// Endpoints are the first vertices of a network, switch chips follow.
using VertexIndex = std::uint32_t;

// Where a port stands in a network that is more than a two-tier Clos.
struct PortEnds {
  VertexIndex from = 0;
  VertexIndex to = 0;
  // A path visits ports of rising stage; a hop to a port whose stage is not higher than that of the one before raises
  // the packet's level, which is another virtual lane. Waiting for credits can then never be circular. In a tree: the
  // number of the tier on the way up, counted on on the way down; in a mesh the number of the dimension.
  std::uint8_t stage = 0;
  // Networks of several roles share endpoints (scale-up, then scale-out). A packet takes the first role that leads to
  // its destination, and never changes it.
  std::uint8_t role = 0;

  friend bool operator==(const PortEnds&, const PortEnds&) = default;
};

// The graph of switches behind the lanes of endpoints.
struct SwitchGraph {
  std::vector<PortEnds> ends;  // [port]; empty: the two-tier Clos of NetworkSpec's tables
  std::uint32_t vertices = 0;
  bool endpoints_forward = false;  // packets of others, as in a mesh of NPUs
  bool every_order = false;        // all shortest ways are taken, not only those that raise the level least
  std::uint32_t levels = 1;        // how many a packet may use; a way that needs more is refused
  std::uint32_t ways = 1;          // shortest ways behind a lane: spray goes through so many

  friend bool operator==(const SwitchGraph&, const SwitchGraph&) = default;
};

// The tables of a Clos: a packet from endpoint a to b on lane p visits lane_out(a,p), then lane_in(b,p) when both are
// in one group; else lane_out(a,p), up(group(a),p,s), down(group(b),p,s), lane_in(b,p) for a spine s.
struct NetworkSpec {
  std::vector<PortSpec> ports;
  std::uint32_t lanes = 0;                // of an endpoint
  std::uint32_t spines = 0;               // reached by one lane
  std::vector<std::uint32_t> group_of;    // [endpoint]
  std::vector<PortIndex> lane_out_ports;  // [endpoint * lanes + p]
  std::vector<PortIndex> lane_in_ports;   // [endpoint * lanes + p]
  std::vector<PortIndex> up_ports;        // [(group * lanes + p) * spines + s]
  std::vector<PortIndex> down_ports;      // [(group * lanes + p) * spines + s]
  // With a graph: `spines` is 0, the tables of switches are empty, and lane_in(e,p) is the other direction of
  // lane_out(e,p); NoPortIndex where endpoint e has no lane p.
  SwitchGraph graph{};

  [[nodiscard]] std::uint32_t endpoints() const { return static_cast<std::uint32_t>(group_of.size()); }
};

}  // namespace cm::sim::fabric
