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

void PacketFabric::enqueue(PortIndex number, EventIndex index, std::int64_t now)
{
  Queue& queue = queues_[number];
  queue.peak = std::max(queue.peak, queue.used);
  calendar_[index].next = NoIndex;
  if (queue.head == NoIndex)
    queue.head = index;
  else
    calendar_[queue.tail].next = index;
  queue.tail = index;
  if (!queue.sending && !queue.blocked)
    try_send(number, now);
}

// Sends the packet at the head if the next port has room. The port is neither sending nor blocked.
void PacketFabric::try_send(PortIndex number, std::int64_t now)
{
  Queue& queue = queues_[number];
  const EventIndex index = queue.head;
  if (index == NoIndex)
    return;
  Event& event = calendar_[index];
  if (kind_of(event) == EventKind::ChooseSpine)
    choose_spine(index);
  const std::uint64_t next = event.word & PortMask;
  if (next != NoPort) {
    Queue& ahead = queues_[next];
    if (ahead.used + static_cast<std::int64_t>(event.bytes) > kinds_[ports_[next].kind].buffer) {
      queue.blocked = true;
      wait_for(static_cast<PortIndex>(next), number);
      return;
    }
    ahead.used += static_cast<std::int32_t>(event.bytes);
  }
  queue.head = event.next;
  queue.sending = true;
  Port& port = ports_[number];
  const PortKind& kind = kinds_[port.kind];
  const std::int64_t lasts = serialisation(kind, event.bytes);
  const std::int64_t begin = std::max({now, control_busy_[number], ready_to_leave(event, lasts)});
  port.busy_until = begin + lasts;
  port.bytes += event.bytes;
  ++port_hops_;
  event.extra = static_cast<std::uint32_t>(lasts);

  const std::uint32_t sent = event.bytes;
  leave_port_slowly(index, port, begin, begin + lasts, kind.latency);
  const EventIndex free = calendar_.create();
  calendar_[free].time = begin + lasts;
  calendar_[free].word = event_word(EventKind::PortFree, number);
  calendar_[free].bytes = sent;
  calendar_.insert(free);
}

void PacketFabric::on_port_free(EventIndex index)
{
  const Event event = calendar_[index];
  calendar_.destroy(index);
  const auto number = static_cast<PortIndex>(event.word & PortMask);
  queues_[number].used -= static_cast<std::int32_t>(event.bytes);
  queues_[number].sending = false;
  wake_waiting(number, event.time);
  if (!queues_[number].sending && !queues_[number].blocked)
    try_send(number, event.time);
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
    const std::int64_t wanted = calendar_[queues_[waiting].head].bytes;
    if (queue.used + wanted > kinds_[ports_[number].kind].buffer)
      break;
    queue.first_waiter = queues_[waiting].next_waiter;
    queues_[waiting].blocked = false;
    try_send(waiting, now);
  }
  // All emissions look again, the first to have asked first: one alone might turn to another lane and leave the rest
  // asleep.
  EventIndex first = NoIndex;
  for (EventIndex emission = std::exchange(queue.waiting_emissions, NoIndex); emission != NoIndex;)
    emission = std::exchange(calendar_[emission].next, std::exchange(first, emission));
  while (first != NoIndex) {
    const EventIndex emission = std::exchange(first, calendar_[first].next);
    calendar_[emission].time = now;
    calendar_.insert(emission);
  }
}

}  // namespace cm::sim::fabric
