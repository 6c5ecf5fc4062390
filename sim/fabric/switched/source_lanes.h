// Ports by which endpoints send, and in which order the packets of each take the ways behind them.
#pragma once

#include "sim/fabric/fabric_rules.h"
#include "sim/fabric/network_spec.h"

#include <cstdint>
#include <vector>

namespace cm::sim::fabric {

class SourceLanes {
 public:
  // `ways`: how many shortest ways there are behind a lane.
  SourceLanes(const NetworkSpec& network, const FabricRules& rules, std::uint32_t ways);

  // NoPort when the endpoint has no such lane.
  [[nodiscard]] PortIndex port(EndpointIndex endpoint, std::uint32_t lane) const
  {
    return ports_[endpoint * lanes_ + lane];
  }

  // Number of the way for the endpoint's next packet that has a choice, by this port of its own: switches make a Turn
  // of it.
  [[nodiscard]] std::uint32_t next_turn(EndpointIndex endpoint, EndpointIndex destination, PortIndex port);

 private:
  std::uint32_t lanes_;
  std::uint32_t ways_;
  SourceRule source_rule_;
  std::vector<PortIndex> ports_;      // [endpoint, lane]
  std::vector<std::uint32_t> turns_;  // [endpoint, lane]
};

}  // namespace cm::sim::fabric
