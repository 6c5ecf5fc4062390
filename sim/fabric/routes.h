// Which ports a packet visits between two endpoints, and how far they are apart.
#pragma once

#include "sim/fabric/fabric_rules.h"
#include "sim/fabric/network_spec.h"
#include "sim/fabric/packet_events.h"
#include "sim/fabric/ports.h"

#include <cstdint>
#include <vector>

namespace cm::sim::fabric {

class Routes {
 public:
  // Properties of a destination that the short way of emission needs.
  struct Endpoint {
    std::uint64_t kind = 0;        // word of a packet to it without ports; 0 (EventKind::Packet): its lanes are uniform
    std::uint32_t first_lane = 0;  // place of its lanes
    std::uint32_t first_switch_port = 0;  // place of the up ports of its group, and of the down ports
  };

  // Throws std::logic_error (ensure) when ports of one stage of a Clos differ in latency: that keeps the way back a
  // constant. Of a network with a graph only the lanes and groups of endpoints are known here; the rest is the
  // Router's.
  Routes(const NetworkSpec& network, const FabricRules& rules, const Ports& ports);

  [[nodiscard]] std::uint32_t endpoints() const { return static_cast<std::uint32_t>(group_of_.size()); }
  [[nodiscard]] std::uint32_t lanes() const { return lanes_; }
  [[nodiscard]] std::uint32_t spines() const { return spines_; }
  [[nodiscard]] const Endpoint& endpoint(EndpointIndex endpoint) const { return endpoints_[endpoint]; }
  [[nodiscard]] std::uint32_t group(EndpointIndex endpoint) const { return group_of_[endpoint]; }
  // Whether the tables say all: then the latencies below are known.
  [[nodiscard]] bool is_clos() const { return is_clos_; }
  [[nodiscard]] bool same_group(EndpointIndex a, EndpointIndex b) const { return group_of_[a] == group_of_[b]; }

  // One-way latency in a Clos without load, serialisation excluded.
  [[nodiscard]] std::int64_t latency_ps(EndpointIndex from, EndpointIndex to) const
  {
    return same_group(from, to) ? latency_within_ : latency_between_;
  }
  [[nodiscard]] std::int64_t lane_out_latency() const { return lane_out_latency_; }

  [[nodiscard]] PortIndex lane_out(EndpointIndex endpoint, std::uint32_t lane) const
  {
    return lane_out_[endpoint * lanes_ + lane];
  }
  // Ports of an endpoint's lanes; up ports of its group, laid out like the down ports.
  [[nodiscard]] const PortIndex* lanes_out(EndpointIndex endpoint) const { return &lane_out_[endpoint * lanes_]; }
  [[nodiscard]] const PortIndex* ups(EndpointIndex endpoint) const
  {
    return up_.data() + endpoints_[endpoint].first_switch_port;
  }
  // Ports by place: [endpoint, lane] for lanes, [group, lane, spine] for switches.
  [[nodiscard]] PortIndex lane_in_at(std::size_t place) const { return lane_in_[place]; }
  [[nodiscard]] PortIndex up_at(std::size_t place) const { return up_[place]; }
  [[nodiscard]] PortIndex down_at(std::size_t place) const { return down_[place]; }
  [[nodiscard]] std::size_t group_place(EndpointIndex endpoint, std::uint32_t lane) const
  {
    return endpoints_[endpoint].first_switch_port + lane * spines_;
  }

  // The ports behind the source's lane. Advances the source's spray pointer.
  [[nodiscard]] std::uint64_t next_path(EndpointIndex source, EndpointIndex destination, std::uint32_t lane);

  // The same in a Clos, by the way of this number; nothing advances.
  [[nodiscard]] std::uint64_t path(EndpointIndex source, EndpointIndex destination, std::uint32_t lane,
                                   std::uint32_t way) const
  {
    const std::uint64_t last = lane_in_[destination * lanes_ + lane];
    if (same_group(source, destination))
      return last;
    const std::uint32_t spine = way % spines_;
    return path_of(up_[group_place(source, lane) + spine], down_[group_place(destination, lane) + spine], last);
  }

  // Spray pointers of an endpoint, one a lane.
  [[nodiscard]] std::uint16_t* next_spines(EndpointIndex source) { return &next_spine_[source * lanes_]; }

 private:
  void describe_endpoints(const FabricRules& rules, const Ports& ports);

  bool is_clos_;
  std::uint32_t lanes_;
  std::uint32_t spines_;
  SourceRule source_rule_;
  std::int64_t lane_out_latency_ = 0;
  std::int64_t latency_within_ = 0;
  std::int64_t latency_between_ = 0;
  std::vector<std::uint32_t> group_of_;  // [endpoint]
  std::vector<PortIndex> lane_out_;
  std::vector<PortIndex> lane_in_;
  std::vector<PortIndex> up_;
  std::vector<PortIndex> down_;
  std::vector<Endpoint> endpoints_;
  // Not bytes: a compiler must expect that storing a byte changes anything else.
  std::vector<std::uint16_t> next_spine_;  // [endpoint * lanes + lane]
};

}  // namespace cm::sim::fabric
