// flow_control: credits. Every port has a finite buffer of whole packets. A packet may leave a port only when the next
// port has promised it room; until then it blocks those behind it (head of line). A buffer's room is given back when
// the packet has left it, and the ports that wait for it are served in the order in which they asked. The credit's own
// way back is not simulated: `buffer` means what is left after covering that round trip.
//
// No deadlock: a path visits lane, up, down, lane, so every wait points to a later stage, and the last stage drains
// into an endpoint that always accepts. The control class has buffers of its own and never waits for credits.

#include "sim/fabric/packet_fabric.h"

#include <algorithm>
#include <utility>

namespace cm::sim::fabric {

void PacketFabric::enqueue(PortIndex number, Event& event, std::int64_t now)
{
  Queue& queue = queues_[number];
  queue.peak = std::max(queue.peak, queue.used);
  if (queue.head == NoIndex && !queue.sending && !queue.blocked && try_send(number, event, now))
    return;
  const std::uint32_t place = hold(event);
  if (queue.head == NoIndex)
    queue.head = place;
  else
    held_[queue.tail].next = place;
  queue.tail = place;
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
  if (place == NoIndex || !try_send(number, held_[place], now))
    return;
  queue.head = std::exchange(held_[place].next, free_held_);
  free_held_ = place;
}

// Sends the packet, the first at its port, if the next port has room; else the port waits for that. The port is
// neither sending nor blocked.
bool PacketFabric::try_send(PortIndex number, Event& packet, std::int64_t now)
{
  Queue& queue = queues_[number];
  if (kind_of(packet) == EventKind::ChooseSpine)
    choose_spine(packet);
  const std::uint64_t next = packet.word & PortMask;
  if (next != NoPort) {
    Queue& ahead = queues_[next];
    if (ahead.used + static_cast<std::int64_t>(packet.bytes) > kinds_[ports_[next].kind].buffer) {
      queue.blocked = true;
      wait_for(static_cast<PortIndex>(next), number);
      return false;
    }
    ahead.used += static_cast<std::int32_t>(packet.bytes);
  }
  queue.sending = true;
  Port& port = ports_[number];
  const PortKind& kind = kinds_[port.kind];
  const std::int64_t lasts = serialisation(kind, packet.bytes);
  const std::int64_t begin = std::max({now, control_busy_[number], ready_to_leave(packet, lasts)});
  port.busy_until = begin + lasts;
  port.bytes += packet.bytes;
  ++port_hops_;
  Event sent = packet;
  sent.extra = static_cast<std::uint32_t>(lasts);
  leave_port_slowly(sent, port, begin, begin + lasts, kind.latency);
  calendar_.insert({.time = begin + lasts, .word = event_word(EventKind::PortFree, number), .bytes = packet.bytes});
  return true;
}

void PacketFabric::on_port_free(const Event& event)
{
  const auto number = static_cast<PortIndex>(event.word & PortMask);
  queues_[number].used -= static_cast<std::int32_t>(event.bytes);
  queues_[number].sending = false;
  wake_waiting(number, event.time);
  if (!queues_[number].sending && !queues_[number].blocked)
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
    if (queue.used + wanted > kinds_[ports_[number].kind].buffer)
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
