// flow_control: credits. Every port has a finite buffer of whole packets. A packet may leave a port only when the next
// port has promised it room; until then it blocks those behind it (head of line). A buffer's room is given back when
// the packet has left it, and the ports that wait for it are served in the order in which they asked. The credit's own
// way back is not simulated: `buffer` means what is left after covering that round trip.
//
// No deadlock: a path visits lane, up, down, lane, so every wait points to a later stage, and the last stage drains
// into an endpoint that always accepts. The control class has buffers of its own and never waits for credits.
//
// That a port has become free is an event only where somebody waits for it: a packet behind, a port or a flow in front.
// Else the room is given back by whoever asks for it next (settle()). At the very picosecond it counts as free.

#include "sim/fabric/packet_fabric.h"

#include <algorithm>
#include <utility>

namespace cm::sim::fabric {

// As run(), with packets that wait for room.
void PacketFabric::run_with_credits(std::int64_t limit)
{
  calendar_.take_while(limit, [this](const Event& event, const Event& upcoming) {
    __builtin_prefetch(ports_.data() + (upcoming.word & PortMask));
    __builtin_prefetch(queues_.data() + (upcoming.word & PortMask));
    __builtin_prefetch(queues_.data() + (upcoming.word >> PortBits & PortMask));
    const EventKind kind = kind_of(event);
    if (kind == EventKind::PortFree) {
      on_port_free(event);
      return true;
    }
    if (kind != EventKind::Uneven) [[unlikely]]
      return false;
    Event packet = event;
    shift_path(packet);
    enqueue(static_cast<PortIndex>(event.word & PortMask), packet, event.time);
    return true;
  });
}

// Gives back the room of the packet that has left, unless an event is going to.
inline void PacketFabric::settle(Queue& queue, std::int64_t now)
{
  if (queue.free_at <= now && !queue.free_is_event) {
    queue.used -= queue.leaving;
    queue.leaving = 0;
  }
}

bool PacketFabric::lane_is_full(PortIndex lane_out, std::uint32_t bytes, std::int64_t now)
{
  Queue& queue = queues_[lane_out];
  settle(queue, now);
  return queue.used + static_cast<std::int64_t>(bytes) + frame_overhead_ > queue.buffer;
}

void PacketFabric::wait_for_lane(PortIndex lane_out, FlowIndex flow)
{
  Queue& queue = queues_[lane_out];
  flows_[flow].next_waiting = std::exchange(queue.waiting_emissions, flow);
  tell_when_free(lane_out, queue);
}

// Somebody waits for the port: the end of what it is sending has to be an event.
inline void PacketFabric::tell_when_free(PortIndex number, Queue& queue)
{
  if (queue.leaving == 0 || queue.free_is_event)
    return;
  queue.free_is_event = true;
  calendar_.insert({.time = queue.free_at, .word = event_word(EventKind::PortFree, number)});
}

void PacketFabric::enqueue(PortIndex number, Event& packet, std::int64_t now)
{
  Queue& queue = queues_[number];
  settle(queue, now);
  queue.peak = std::max(queue.peak, queue.used);
  if (queue.head == NoIndex && queue.leaving == 0 && !queue.blocked && try_send(number, queue, packet, now)) [[likely]]
    return;
  const std::uint32_t place = hold(packet);
  if (queue.head == NoIndex)
    queue.head = place;
  else
    held_[queue.tail].next = place;
  queue.tail = place;
  tell_when_free(number, queue);
}

// A place for a packet that waits at a port.
std::uint32_t PacketFabric::hold(const Event& event)
{
  std::uint32_t place = free_held_;
  if (place == NoIndex) {
    place = static_cast<std::uint32_t>(held_.size());
    held_.push_back(event);
  } else {
    free_held_ = std::exchange(held_[place], event).next;
  }
  held_[place].next = NoIndex;
  return place;
}

// The port has become free or unblocked: on with the packet at its head.
void PacketFabric::send_head(PortIndex number, std::int64_t now)
{
  Queue& queue = queues_[number];
  const std::uint32_t place = queue.head;
  if (place == NoIndex || !try_send(number, queue, held_[place], now))
    return;
  queue.head = std::exchange(held_[place].next, free_held_);
  free_held_ = place;
  if (queue.head != NoIndex)
    tell_when_free(number, queue);
}

// Sends the packet, the first at its port, if the next port has room; else the port waits for that. The port is
// neither sending nor blocked.
inline bool PacketFabric::try_send(PortIndex number, Queue& queue, Event& packet, std::int64_t now)
{
  if (kind_of(packet) == EventKind::ChooseSpine) [[unlikely]]
    choose_spine(packet, now);
  const auto next = static_cast<PortIndex>(packet.word & PortMask);
  if (next != NoPort) {
    Queue& ahead = queues_[next];
    settle(ahead, now);
    if (ahead.used + static_cast<std::int64_t>(packet.bytes) > ahead.buffer) [[unlikely]] {
      queue.blocked = true;
      wait_for(next, number);
      tell_when_free(next, ahead);
      return false;
    }
    ahead.used += static_cast<std::int32_t>(packet.bytes);
  }
  Port& port = ports_[number];
  const PortKind& kind = kinds_[port.kind];
  const std::int64_t lasts = serialisation(kind, packet.bytes);
  const std::int64_t begin = std::max({now, control_busy_[number], ready_to_leave(packet, lasts)});
  port.busy_until = begin + lasts;
  port.bytes += packet.bytes;
  ++port_hops_;
  queue.free_at = begin + lasts;
  queue.leaving = static_cast<std::int32_t>(packet.bytes);
  if (queue.first_waiter != NoIndex || queue.waiting_emissions != NoIndex) [[unlikely]]
    tell_when_free(number, queue);
  if (next != NoPort) {
    calendar_.insert({.time = (cut_through_ ? begin : begin + lasts) + kind.latency,
                      .word = packet.word,
                      .subject = packet.subject,
                      .bytes = packet.bytes,
                      .extra = static_cast<std::uint32_t>(lasts)});
  } else {
    Event sent = packet;
    sent.extra = static_cast<std::uint32_t>(lasts);
    leave_port_slowly(sent, port, begin, begin + lasts, kind.latency);
  }
  return true;
}

void PacketFabric::on_port_free(const Event& event)
{
  const auto number = static_cast<PortIndex>(event.word & PortMask);
  Queue& queue = queues_[number];
  queue.free_is_event = false;
  queue.used -= std::exchange(queue.leaving, 0);
  wake_waiting(number, event.time);
  if (queue.leaving == 0 && !queue.blocked)
    send_head(number, event.time);
}

void PacketFabric::wait_for(PortIndex ahead, PortIndex number)
{
  Queue& queue = queues_[ahead];
  queues_[number].next_waiter = NoIndex;
  if (queue.first_waiter == NoIndex)
    queue.first_waiter = number;
  else
    queues_[queue.last_waiter].next_waiter = number;
  queue.last_waiter = number;
}

// Room has come free in front of `number`: whoever waits for it tries again, first come first served.
void PacketFabric::wake_waiting(PortIndex number, std::int64_t now)
{
  Queue& queue = queues_[number];
  while (queue.first_waiter != NoIndex) {
    const PortIndex waiting = queue.first_waiter;
    const std::int64_t wanted = held_[queues_[waiting].head].bytes;
    if (queue.used + wanted > queue.buffer)
      break;
    queue.first_waiter = queues_[waiting].next_waiter;
    queues_[waiting].blocked = false;
    send_head(waiting, now);
  }
  // All emissions look again, the first to have asked first: one alone might turn to another lane and leave the rest
  // asleep.
  FlowIndex first = NoIndex;
  for (FlowIndex flow = std::exchange(queue.waiting_emissions, NoIndex); flow != NoIndex;)
    flow = std::exchange(flows_[flow].next_waiting, std::exchange(first, flow));
  while (first != NoIndex)
    emit_next_at(now, std::exchange(first, flows_[first].next_waiting));
}

}  // namespace cm::sim::fabric
