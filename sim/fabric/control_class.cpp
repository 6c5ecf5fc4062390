// Packets of the control class on their way: acknowledgements and flags (traffic_classes.h).

#include "sim/fabric/packet_fabric.h"
#include "sim/fabric/switched/switched_way.h"

namespace cm::sim::fabric {

void PacketFabric::send_acknowledgement(const Event& packet, std::uint32_t from, std::uint32_t lane, std::int64_t at)
{
  calendar_.insert({.time = at,
                    .word = event_word(EventKind::AckStart, from),
                    .subject = packet.subject,
                    .extra = lane,
                    .order = packet.order});
}

void PacketFabric::on_ack_start(Event& event)
{
  const auto from = static_cast<std::uint32_t>(event.word & PathMask);
  const std::uint32_t lane = event.extra;
  if (switched_ != nullptr) {
    const EndpointIndex to = flows_[event.subject].source;
    const PortIndex first = switched_->first_port(from, to, lane, senders_.next_number(from));
    SwitchedPacket packet{.flow = event.subject,
                          .source = from,
                          .destination = to,
                          .bytes = rules_.acknowledgement_bytes,
                          .is_control = true,
                          .acknowledges = true};
    enter_switched(packet, lane, first, event.time);
    return;
  }
  const PortIndex lane_out = routes_.lane_out(from, lane);
  event.bytes = rules_.acknowledgement_bytes;
  const std::int64_t begin = pass_control(lane_out, event.bytes, event.time, rules_.lanes_wait);
  event.time = begin + ports_.kind(ports_[lane_out]).latency;
  event.word = event_word(EventKind::Control, routes_.next_path(from, flows_[event.subject].source, lane));
  event.extra = 1;
  event.order = senders_.order_of_next_packet(from);
  calendar_.insert(event);
}

// Returns when the packet's head leaves the port.
std::int64_t PacketFabric::pass_control(PortIndex number, std::uint32_t bytes, std::int64_t now, bool waits)
{
  Port& port = ports_[number];
  port.bytes += bytes;
  ++port_hops_;
  if (!waits) [[unlikely]]
    return now;
  return classes_.send_control(number, port, ports_.kind(port), bytes, now);
}

void PacketFabric::on_control(Event& event)
{
  const auto number = static_cast<PortIndex>(event.word & PortMask);
  const PortKind& kind = ports_.kind(ports_[number]);
  const std::int64_t begin = pass_control(number, event.bytes, event.time, rules_.switches_wait);
  shift_path(event);
  leave_port_slowly(event, ports_[number], begin, begin + serialisation(kind, event.bytes), kind.latency);
}

}  // namespace cm::sim::fabric
