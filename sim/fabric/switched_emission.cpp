// Packets on the general way: how they enter the network, and what becomes of those that come out of it.

#include "sim/fabric/packet_fabric.h"
#include "sim/fabric/switched/switched_way.h"

#include <algorithm>

namespace cm::sim::fabric {

void PacketFabric::run_switched(std::int64_t limit)
{
  calendar_.take_while(limit, [this](const Event& event, const Event& upcoming) {
    if (kind_of(event) != EventKind::Switched)
      return false;
    if (kind_of(upcoming) == EventKind::Switched)
      switched_->prefetch(upcoming);
    switched_->handle(Event(event));
    return true;
  });
}

// As emit(), but a packet never waits for its engine ahead of time.
PacketFabric::Emitted PacketFabric::emit_switched(Flow& flow, FlowIndex index, std::uint32_t destination,
                                                  const Pace& pace, std::int64_t now)
{
  const std::uint16_t lane_pointer = flow.next_lane;
  const std::uint32_t lane = choose_lane(flow, destination);
  const bool leaves_group = !same_group(flow.source, destination);
  std::int64_t* engine = flow.engine == NoIndex ? nullptr : &senders_.engine(flow.engine + (flow.per_lane ? lane : 0));
  const std::int64_t ready = std::max({now, flow.issued, engine == nullptr ? now : *engine});
  if (ready > now) {
    flow.next_lane = lane_pointer;
    return {.retry_at = ready};
  }
  const std::uint32_t wire_bytes = pace.bytes + rules_.frame_overhead;
  const std::uint32_t number = senders_.next_number(flow.source);
  const PortIndex first = switched_->first_port(flow.source, destination, lane, number);
  if (rules_.with_credits && !flow.control && !switched_->has_room(first, flow.traffic_class, wire_bytes)) {
    flow.next_lane = lane_pointer;
    return {.waits_for_port = first};
  }
  Emitted result{.sent_at = now, .engine_free = now};
  if (engine != nullptr) {
    *engine = now + pace.engine_step[leaves_group ? 1 : 0] +
              (flow.offset == flow.messages[flow.next_message].bytes ? flow.engine_pause : 0);
    result.engine_free = flow.per_lane ? now : *engine;
  } else if (first != NoPort) {
    result.sent_at = std::max(now, switched_->leaves_at(first, now) - LaneHorizon);
  }
  ++flow.packets_in_flight;
  emitted_bytes_ += pace.bytes;
  SwitchedPacket packet{.flow = index,
                        .source = flow.source,
                        .destination = destination,
                        .bytes = wire_bytes,
                        .traffic_class = flow.traffic_class,
                        .is_control = flow.control};
  enter_switched(packet, lane, first, now);
  return result;
}

void PacketFabric::enter_switched(SwitchedPacket& packet, std::uint32_t lane, PortIndex first, std::int64_t now)
{
  packet.number = senders_.next_number(packet.source);
  packet.order = senders_.order_of_next_packet(packet.source);
  packet.first_lane = static_cast<std::uint16_t>(lane);
  // Leaves of a Clos have one way inside their group.
  if (first != NoPort && (!routes_.is_clos() || !same_group(packet.source, packet.destination)))
    packet.first_turn = switched_->next_turn(packet.source, packet.destination, first);
  if (routes_.is_clos() && rules_.leaf_rule == nullptr && switched_->is_whole())
    packet.path = routes_.path(packet.source, packet.destination, lane, packet.first_turn);
  switched_->enter(packet, first, now);
}

void PacketFabric::deliver(const SwitchedPacket& packet, std::int64_t now, std::int64_t tail)
{
  if (packet.acknowledges) {
    acknowledge(packet.flow, tail);
    return;
  }
  const Flow& flow = flows_[packet.flow];
  const std::uint32_t payload = packet.bytes - rules_.frame_overhead;
  const Port& port = ports_[packet.came_by];
  if (flow.sink_engine != NoIndex)
    tail = std::max(tail, take_in(flow, packet.destination, payload, now));
  deliver({.subject = packet.flow, .order = packet.order}, packet.destination, port.lane, payload, tail);
}

// Nobody waits for what will not come.
void PacketFabric::give_up(const SwitchedPacket& packet, std::int64_t now)
{
  if (!packet.acknowledges)
    receivers_.count_lost(flows_[packet.flow].inbox, packet.destination, packet.bytes - rules_.frame_overhead,
                          packet.is_control, now);
  acknowledge(packet.flow, now);
}

}  // namespace cm::sim::fabric
