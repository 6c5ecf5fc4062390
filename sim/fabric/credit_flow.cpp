// flow_control: credits. Every port has a finite buffer. A packet may leave a port only when the next port has promised
// it room; until then it blocks those behind it (head of line). Room is given back as bytes leave, and the ports that
// wait for it are served in the order in which they asked. The credit's own way back is not simulated: `buffer` means
// what is left after covering that round trip.
//
// While the next buffer is at most half taken, room is promised as soon as a packet joins a queue in which nobody
// waits: its departure is then known at once and the hop is one event, as without credits. In a fuller one it is
// promised when the packet is at the head, to whoever is first.
//
// No deadlock: a path visits lane, up, down, lane, so every wait points to a later stage, and the last stage drains
// into an endpoint that always accepts. What has its promise leaves at a time that nothing can change. The control
// class has buffers of its own and never waits for credits.

#include "sim/fabric/packet_fabric.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace cm::sim::fabric {

// As run(), with packets that wait for room.
void PacketFabric::run_with_credits(std::int64_t limit)
{
  calendar_.take_while(limit, [this](const Event& event, const Event& upcoming) {
    __builtin_prefetch(&ports_[upcoming.word & PortMask]);
    __builtin_prefetch(&queues_[static_cast<PortIndex>(upcoming.word & PortMask)]);
    __builtin_prefetch(&ports_[upcoming.word >> PortBits & PortMask]);
    __builtin_prefetch(&queues_[static_cast<PortIndex>(upcoming.word >> PortBits & PortMask)]);
    const EventKind kind = kind_of(event);
    if (kind == EventKind::Credit) {
      on_credit(event);
      return true;
    }
    if (kind > EventKind::Uneven) [[unlikely]]
      return false;
    Event packet = event;
    shift_path(packet);
    come(static_cast<PortIndex>(event.word & PortMask), packet);
    return true;
  });
}

// Whether there is room ahead for so many bytes; then they have it.
bool PacketFabric::promise(PortIndex ahead, std::uint32_t bytes, std::int64_t now, bool at_once)
{
  CreditQueue& queue = queues_[ahead];
  const std::int32_t then = CreditQueues::taken(queue, ports_[ahead], now) + static_cast<std::int32_t>(bytes);
  if (then > (at_once ? queue.buffer : queue.buffer / 2))
    return false;
  queue.coming += static_cast<std::int32_t>(bytes);
  queue.peak = std::max(queue.peak, then);
  return true;
}

// A packet has come to a port that had promised it room. Its path starts with the port behind that one.
void PacketFabric::come(PortIndex number, Event& packet)
{
  CreditQueue& queue = queues_[number];
  queue.coming -= static_cast<std::int32_t>(packet.bytes);
  if (queue.head == NoIndex && pass_on_credit(number, packet, packet.time)) [[likely]] {
    if (queue.first_waiter != NoIndex || queue.waiting_emissions != NoIndex) [[unlikely]]
      tell_when_room(number, packet.time);
    return;
  }
  queues_.hold(number, packet);
  if (queue.head == queue.tail)
    wait_at(number, packet.time);
}

// Lays out the packet's departure from a port in which nobody waits in front of it. False: no room at the next one.
inline bool PacketFabric::pass_on_credit(PortIndex number, Event& packet, std::int64_t now)
{
  if (kind_of(packet) == EventKind::ChooseSpine) [[unlikely]]
    choose_spine(packet, now);
  Port& port = ports_[number];
  const auto next = static_cast<PortIndex>(packet.word & PortMask);
  if (next != NoPort && !promise(next, packet.bytes, now, port.busy_until <= now)) [[unlikely]]
    return false;
  const PortKind& kind = ports_.kind(port);
  std::int64_t lasts = packet.extra;
  std::int64_t begin = std::max(now, port.busy_until);
  if (kind_of(packet) != EventKind::Packet) {
    lasts = serialisation(kind, packet.bytes);
    begin = std::max(begin, ready_to_leave(packet, lasts));
  }
  port.busy_until = begin + lasts;
  port.bytes += packet.bytes;
  ++port_hops_;
  Event sent = packet;
  sent.extra = static_cast<std::uint32_t>(lasts);
  if (next != NoPort) {
    sent.time = (rules_.cut_through ? begin : begin + lasts) + kind.latency;
    calendar_.insert(sent);
  } else {
    leave_port_slowly(sent, port, begin, begin + lasts, kind.latency);
  }
  return true;
}

// The head has no room ahead: it looks again when it can leave, or, when that is now, once the next port has room.
void PacketFabric::wait_at(PortIndex number, std::int64_t now)
{
  CreditQueue& queue = queues_[number];
  const std::int64_t free = ports_[number].busy_until;
  if (free > now) {
    if (!std::exchange(queue.look_is_event, true))
      calendar_.insert({.time = free,
                        .word = event_word(EventKind::Credit, number),
                        .extra = 0,
                        .order = senders_.order().of_look(number)});
    return;
  }
  const auto ahead = static_cast<PortIndex>(queues_.head(number).word & PortMask);
  queue.blocked = true;
  queues_.add_waiter(ahead, number);
  tell_when_room(ahead, now);
}

// On with the packets that wait at a port, as far as there is room.
void PacketFabric::send_held(PortIndex number, std::int64_t now)
{
  CreditQueue& queue = queues_[number];
  while (queue.head != NoIndex) {
    if (!pass_on_credit(number, queues_.head(number), now)) {
      wait_at(number, now);
      break;
    }
    queues_.drop_head(number);
  }
  tell_when_room(number, now);
}

// An event for the moment when the first of those who wait can have its room, as far as that is known: what is held or
// has not come yet gives none, and asks again when it is sent on.
void PacketFabric::tell_when_room(PortIndex number, std::int64_t now)
{
  CreditQueue& queue = queues_[number];
  std::int32_t wanted = 0;
  if (queue.first_waiter != NoIndex)
    wanted = static_cast<std::int32_t>(queues_.head(queue.first_waiter).bytes);
  else if (queue.waiting_emissions != NoIndex)
    wanted = queue.emission_wants;
  if (wanted == 0 || queue.room_is_event)
    return;
  const Port& port = ports_[number];
  const std::int32_t excess = CreditQueues::taken(queue, port, now) + wanted - queue.buffer;
  if (queue.coming + queue.held + wanted > queue.buffer)
    return;
  const auto drained = static_cast<std::int64_t>(std::ceil(std::max(excess, 0) * ports_.kind(port).ps_per_byte));
  queue.room_is_event = true;
  calendar_.insert({.time = now + drained,
                    .word = event_word(EventKind::Credit, number),
                    .extra = 1,
                    .order = senders_.order().of_look(number)});
}

void PacketFabric::on_credit(const Event& event)
{
  const auto number = static_cast<PortIndex>(event.word & PortMask);
  CreditQueue& queue = queues_[number];
  if (event.extra == 1) {
    queue.room_is_event = false;
    wake_waiting(number, event.time);
    return;
  }
  queue.look_is_event = false;
  if (!queue.blocked)
    send_held(number, event.time);
}

// Room has come free in front of `number`: whoever waits for it tries again, first come first served.
void PacketFabric::wake_waiting(PortIndex number, std::int64_t now)
{
  CreditQueue& queue = queues_[number];
  while (queue.first_waiter != NoIndex) {
    const PortIndex waiting = queue.first_waiter;
    const auto wanted = static_cast<std::int32_t>(queues_.head(waiting).bytes);
    if (CreditQueues::taken(queue, ports_[number], now) + wanted > queue.buffer)
      break;
    queue.first_waiter = queues_[waiting].next_waiter;
    queues_[waiting].blocked = false;
    send_held(waiting, now);
  }
  // All emissions look again, the first to have asked first: one alone might turn to another lane and leave the rest
  // asleep.
  FlowIndex first = NoIndex;
  for (FlowIndex flow = std::exchange(queue.waiting_emissions, NoIndex); flow != NoIndex;)
    flow = std::exchange(flows_[flow].next_waiting, std::exchange(first, flow));
  while (first != NoIndex)
    emit_next_at(now, std::exchange(first, flows_[first].next_waiting));
  tell_when_room(number, now);
}

// Room in a lane's own buffer, for a packet that its endpoint emits.
bool PacketFabric::take_lane(PortIndex lane_out, std::uint32_t bytes, std::int64_t now)
{
  return promise(lane_out, bytes + rules_.frame_overhead, now, true);
}

// Whether a packet that enters the lane at `now`, after `start`, which is the present, meets nobody who waits; then it
// has room ahead. The lane is its endpoint's alone, so that what waits in it is known.
bool PacketFabric::lane_is_open(PortIndex lane_out, PortIndex ahead, std::uint32_t bytes, std::int64_t start,
                                std::int64_t now)
{
  CreditQueue& lane = queues_[lane_out];
  const std::int32_t then = CreditQueues::taken(lane, ports_[lane_out], now) + static_cast<std::int32_t>(bytes);
  if (lane.head != NoIndex || then > lane.buffer || !promise(ahead, bytes, start, false))
    return false;
  lane.peak = std::max(lane.peak, then);
  return true;
}

void PacketFabric::wait_for_lane(PortIndex lane_out, std::uint32_t bytes, FlowIndex flow, std::int64_t now)
{
  CreditQueue& queue = queues_[lane_out];
  const auto wanted = static_cast<std::int32_t>(bytes + rules_.frame_overhead);
  queue.emission_wants = queue.waiting_emissions == NoIndex ? wanted : std::min(queue.emission_wants, wanted);
  flows_[flow].next_waiting = std::exchange(queue.waiting_emissions, flow);
  tell_when_room(lane_out, now);
}

}  // namespace cm::sim::fabric
