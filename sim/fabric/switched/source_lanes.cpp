#include "sim/fabric/switched/source_lanes.h"

#include "sim/fabric/packet_events.h"
#include "sim/units/bit_mix.h"

#include <algorithm>

namespace cm::sim::fabric {

SourceLanes::SourceLanes(const NetworkSpec& network, const FabricRules& rules, std::uint32_t ways)
    : lanes_(network.lanes), ways_(ways), source_rule_(rules.source_rule), ports_(network.lane_out_ports)
{
  for (PortIndex& port : ports_)
    port = port == NoPortIndex ? PortIndex{NoPort} : port + 1;
  for (std::size_t i = 0; i < ports_.size(); ++i)
    turns_.push_back(static_cast<std::uint32_t>(mix_index(~rules.seed + i) % ways_));
}

std::uint32_t SourceLanes::next_turn(EndpointIndex endpoint, EndpointIndex destination, PortIndex port)
{
  if (source_rule_ != nullptr)
    return source_rule_(endpoint, destination, ways_);
  const auto first = ports_.begin() + static_cast<std::ptrdiff_t>(endpoint) * lanes_;
  const auto lane = std::find(first, first + lanes_, port) - ports_.begin();
  return turns_[static_cast<std::size_t>(lane)]++;
}

}  // namespace cm::sim::fabric
