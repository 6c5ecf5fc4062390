// Setting up the fabric and asking it things: nothing here runs per packet.

#include "sim/diagnostics/ensure.h"
#include "sim/fabric/packet_fabric.h"
#include "sim/fabric/switched/switched_way.h"

#include <algorithm>
#include <utility>

namespace cm::sim::fabric {
namespace {

std::uint32_t most_bytes(const FabricRules& rules)
{
  return rules.mtu + rules.frame_overhead;
}

bool needs_switching(const NetworkSpec& network, const FabricPolicy& policy, const FabricRules& rules)
{
  return rules.with_credits || policy.always_switched || policy.classes.weights.size() > 1 || !policy.changes.empty() ||
         !network.graph.ends.empty();
}

}  // namespace

PacketFabric::PacketFabric(const NetworkSpec& network, const FabricPolicy& policy, Calendar& calendar)
    : calendar_(calendar), rules_(policy, network.lanes), ports_(network, most_bytes(rules_)),
      classes_(ports_.size(), rules_.mtu), routes_(network, rules_, ports_), senders_(routes_.endpoints(), rules_),
      receivers_(calendar)
{
  if (!needs_switching(network, policy, rules_))
    return;
  for (const PortKind& kind : ports_.kinds())
    ensure(!rules_.with_credits || kind.buffer >= most_bytes(rules_), "a buffer of {} B cannot hold one packet of {} B",
           kind.buffer, most_bytes(rules_));
  switched_ = std::make_unique<SwitchedWay>(network, policy, rules_, SharedParts{ports_, calendar, *this});
}

void PacketFabric::start(FlowSpec&& spec, std::int64_t now)
{
  ensure(spec.traffic_class < rules_.traffic_classes, "a flow of class {} of {}", spec.traffic_class,
         rules_.traffic_classes);
  const FlowIndex index = flows_.take(std::move(spec), rules_, now);
  Flow& flow = flows_[index];
  flow.next_lane = senders_.start_flow(flow.source, packets_of(flow.messages, flow.source, rules_));
  flow.plain = rules_.is_plain && !leaves_out_lanes(flow.messages, rules_) && switched_ == nullptr && !flow.control &&
               !flow.per_lane && flow.engine != NoIndex &&
               routes_.endpoint(flow.source).kind == event_word(EventKind::Packet, 0);
  emit_next_at(now, index);
}

PacketFabric::~PacketFabric() = default;

std::int64_t PacketFabric::switched_latency_ps(EndpointIndex from, EndpointIndex to) const
{
  return switched_->latency_ps(from, to);
}

std::uint64_t PacketFabric::port_hops() const
{
  return switched_ == nullptr ? port_hops_ : switched_->counters().port_hops;
}

SwitchedCounters PacketFabric::switched_counters() const
{
  return switched_ == nullptr ? SwitchedCounters{} : switched_->counters();
}

std::uint64_t PacketFabric::replays(PortIndex port) const
{
  ensure(port < ports(), "port {} of {}", port, ports());
  return switched_ == nullptr ? 0 : switched_->replays(port + 1);
}

PortCounters PacketFabric::counters(PortIndex index) const
{
  ensure(index < ports(), "port {} of {}", index, ports());
  const Port& port = ports_[index + 1];
  const PortKind& kind = ports_.kind(port);
  const double busy = static_cast<double>(port.bytes) * kind.ps_per_byte;
  if (switched_ == nullptr)
    return {port.bytes, static_cast<std::int64_t>(busy),
            static_cast<std::uint64_t>(static_cast<double>(port.peak_backlog) / kind.ps_per_byte)};
  return {port.bytes, static_cast<std::int64_t>(busy + switched_->delay_ps(index + 1)),
          switched_->peak_bytes(index + 1)};
}

double PacketFabric::carried_bytes(std::uint32_t lane, Picoseconds now) const
{
  double carried = 0;
  for (EndpointIndex endpoint = 0; endpoint < routes_.endpoints(); ++endpoint) {
    const PortIndex lane_out = routes_.lane_out(endpoint, lane);
    if (lane_out == NoPort)
      continue;
    const Port& port = ports_[lane_out];
    const auto ahead = static_cast<double>(std::max<std::int64_t>(0, port.busy_until - now.count()));
    carried += std::max(0.0, static_cast<double>(port.bytes) - ahead / ports_.kind(port).ps_per_byte);
  }
  return carried;
}

std::uint64_t PacketFabric::peak_queue_bytes() const
{
  std::uint64_t peak = 0;
  for (std::size_t port = 0; port < ports(); ++port)
    peak = std::max(peak, counters(static_cast<PortIndex>(port)).peak_queue_bytes);
  return peak;
}

}  // namespace cm::sim::fabric
