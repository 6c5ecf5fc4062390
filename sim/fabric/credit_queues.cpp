#include "sim/fabric/credit_queues.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace cm::sim::fabric {

CreditQueues::CreditQueues(const Ports& ports, std::int64_t most_bytes) : queues_(ports.size())
{
  for (PortIndex number = 1; number < queues_.size(); ++number) {
    const PortKind& kind = ports.kind(ports[number]);
    queues_[number].buffer =
        static_cast<std::int32_t>(std::min<std::int64_t>(kind.buffer, std::numeric_limits<std::int32_t>::max() / 2));
    queues_[number].bytes_per_ps = static_cast<float>(1 / kind.ps_per_byte);
  }
  for (const PortKind& kind : ports.kinds())
    ensure(kind.buffer >= most_bytes, "a buffer of {} B cannot hold one packet of {} B", kind.buffer, most_bytes);
}

void CreditQueues::hold(PortIndex number, const Event& packet)
{
  std::uint32_t place = free_held_;
  if (place == NoIndex) {
    place = static_cast<std::uint32_t>(held_.size());
    held_.push_back({packet, NoIndex});
  } else {
    free_held_ = held_[place].next;
    held_[place] = {packet, NoIndex};
  }
  CreditQueue& queue = queues_[number];
  queue.held += static_cast<std::int32_t>(packet.bytes);
  if (queue.head == NoIndex)
    queue.head = place;
  else
    held_[queue.tail].next = place;
  queue.tail = place;
}

void CreditQueues::drop_head(PortIndex number)
{
  CreditQueue& queue = queues_[number];
  Held& first = held_[queue.head];
  queue.held -= static_cast<std::int32_t>(first.packet.bytes);
  const std::uint32_t place = std::exchange(queue.head, first.next);
  first.next = std::exchange(free_held_, place);
}

void CreditQueues::add_waiter(PortIndex number, PortIndex waiting)
{
  queues_[waiting].next_waiter = NoIndex;
  CreditQueue& full = queues_[number];
  if (full.first_waiter == NoIndex)
    full.first_waiter = waiting;
  else
    queues_[full.last_waiter].next_waiter = waiting;
  full.last_waiter = waiting;
}

}  // namespace cm::sim::fabric
