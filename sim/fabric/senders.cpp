#include "sim/fabric/senders.h"

#include "sim/units/bit_mix.h"

namespace cm::sim::fabric {

Senders::Senders(std::uint32_t endpoints, const FabricRules& rules)
    : order_(endpoints), lanes_(rules.lanes), next_lane_(endpoints), flows_at_(endpoints), next_number_(endpoints)
{
  for (std::uint32_t e = 0; e < endpoints; ++e)
    next_lane_[e] = static_cast<std::uint16_t>(mix_index(rules.seed + e) % lanes_);
}

EngineIndex Senders::add_engines(std::uint32_t count)
{
  const auto first = static_cast<EngineIndex>(engine_busy_.size());
  engine_busy_.resize(engine_busy_.size() + count);
  return first;
}

std::uint16_t Senders::start_flow(EndpointIndex source, std::uint32_t packets)
{
  ++flows_at_[source];
  const std::uint16_t lane = next_lane_[source];
  next_lane_[source] = static_cast<std::uint16_t>((lane + packets) % lanes_);
  return lane;
}

}  // namespace cm::sim::fabric
