#include "sim/fabric/routes.h"

#include "sim/diagnostics/ensure.h"
#include "sim/units/bit_mix.h"

namespace cm::sim::fabric {
namespace {

// Our port 0 is "none".
std::vector<PortIndex> shifted(std::vector<PortIndex> ports)
{
  static_assert(NoPortIndex + 1 == NoPort);
  for (PortIndex& port : ports)
    ++port;
  return ports;
}

std::int64_t common_latency(const Ports& ports, const std::vector<PortIndex>& stage)
{
  if (stage.empty())
    return 0;
  const std::int64_t latency = ports.kind(ports[stage.front()]).latency;
  for (const PortIndex port : stage)
    ensure(ports.kind(ports[port]).latency == latency, "ports of one stage differ in latency: {} ps and {} ps", latency,
           ports.kind(ports[port]).latency);
  return latency;
}

}  // namespace

Routes::Routes(const NetworkSpec& network, const FabricRules& rules, const Ports& ports)
    : is_clos_(network.graph.ends.empty()), lanes_(network.lanes), spines_(network.spines),
      source_rule_(rules.source_rule), group_of_(network.group_of), lane_out_(shifted(network.lane_out_ports)),
      lane_in_(shifted(network.lane_in_ports)), up_(shifted(network.up_ports)), down_(shifted(network.down_ports)),
      next_spine_(network.group_of.size() * network.lanes)
{
  if (!is_clos_) {
    endpoints_.resize(group_of_.size(), {.kind = event_word(rules.uneven, 0)});
    return;
  }
  lane_out_latency_ = common_latency(ports, lane_out_);
  latency_within_ = lane_out_latency_ + common_latency(ports, lane_in_);
  latency_between_ = latency_within_ + common_latency(ports, up_) + common_latency(ports, down_);
  for (std::size_t i = 0; i < next_spine_.size() && spines_ > 0; ++i)
    next_spine_[i] = static_cast<std::uint16_t>(mix_index(~rules.seed + i) % spines_);
  describe_endpoints(rules, ports);
}

// Ports of one kind are told apart from the rest by latency as well, but a lane_out port only by its rate: its latency
// comes before the path.
void Routes::describe_endpoints(const FabricRules& rules, const Ports& ports)
{
  const std::uint16_t kind = ports[(up_.empty() ? lane_in_ : up_).front()].kind;
  bool switches_uniform = rules.switches_wait;
  for (const auto* stage : {&up_, &down_})
    for (const PortIndex port : *stage)
      switches_uniform = switches_uniform && ports[port].kind == kind;
  endpoints_.resize(group_of_.size());
  for (std::uint32_t e = 0; e < endpoints_.size(); ++e)
    endpoints_[e] = {.kind = event_word(switches_uniform ? EventKind::Packet : rules.uneven, 0),
                     .first_lane = e * lanes_,
                     .first_switch_port = group_of_[e] * lanes_ * spines_};
  for (std::size_t i = 0; i < lane_in_.size(); ++i)
    if (ports[lane_in_[i]].kind != kind || ports.kind(ports[lane_out_[i]]).ps_per_byte != ports.uniform().ps_per_byte)
      endpoints_[i / lanes_].kind = event_word(rules.uneven, 0);
}

std::uint64_t Routes::next_path(EndpointIndex source, EndpointIndex destination, std::uint32_t lane)
{
  const std::uint64_t last = lane_in_[destination * lanes_ + lane];
  if (same_group(source, destination))
    return last;
  std::uint32_t spine = 0;
  if (source_rule_ == nullptr) [[likely]] {
    std::uint16_t& pointer = next_spine_[source * lanes_ + lane];
    spine = pointer;
    pointer = static_cast<std::uint16_t>(spine + 1 == spines_ ? 0 : spine + 1);
  } else {
    spine = source_rule_(source, destination, spines_);
  }
  return path_of(up_[group_place(source, lane) + spine], down_[group_place(destination, lane) + spine], last);
}

}  // namespace cm::sim::fabric
