// How packets of the reference fabric wait for room at the next port.

#include "tests/property/reference_fabric.h"
#include "tests/property/reference_rules.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace cm::tests {

using namespace sim::fabric;

// Bytes of a port's buffer that are occupied or promised; what is being sent frees its room as it goes.
std::int32_t ReferenceFabric::taken(std::uint32_t number, std::int64_t now) const
{
  const Port& port = ports_[number];
  const std::int64_t backlog = port.busy_until - now;
  const auto rate = static_cast<float>(1 / port.ps_per_byte);
  return port.coming + port.held +
         (backlog > 0 ? static_cast<std::int32_t>(static_cast<float>(backlog) * rate + 0.5F) : 0);
}

// Room is promised in advance only up to half of the buffer, the rest to packets that can leave at once.
bool ReferenceFabric::promise(std::uint32_t number, std::uint32_t bytes, std::int64_t now, bool all_of_it)
{
  Port& port = ports_[number];
  const std::int32_t then = taken(number, now) + static_cast<std::int32_t>(bytes);
  if (then > (all_of_it ? port.buffer : port.buffer / 2))
    return false;
  port.coming += static_cast<std::int32_t>(bytes);
  port.peak = std::max(port.peak, then);
  return true;
}

// The packet in front of a port's queue leaves if the next port has room.
bool ReferenceFabric::send(std::uint32_t number, Packet& packet, std::int64_t now)
{
  if (packet.chooses_spine)
    choose_spine(packet, now);
  Port& port = ports_[number];
  if (!packet.path.empty() && !promise(packet.path.front(), packet.bytes, now, port.busy_until <= now))
    return false;
  const std::int64_t lasts = serialisation(number, packet.bytes);
  const std::int64_t late =
      policy_.forwarding == Forwarding::CutThrough ? std::max<std::int64_t>(0, packet.lasts - lasts) : 0;
  const std::int64_t begin = std::max({now, packet.came + late, port.busy_until});
  port.busy_until = begin + lasts;
  leave(number, packet, begin, lasts);
  return true;
}

void ReferenceFabric::send_queue(std::uint32_t number, std::int64_t now)
{
  Port& port = ports_[number];
  while (!port.queue.empty()) {
    if (!send(number, port.queue.front(), now)) {
      wait(number, now);
      break;
    }
    port.held -= static_cast<std::int32_t>(port.queue.front().bytes);
    port.queue.pop_front();
  }
  tell_when_room(number, now);
}

// Looks again when the port is free; if it is, joins those who wait for room at the next one.
void ReferenceFabric::wait(std::uint32_t number, std::int64_t now)
{
  Port& port = ports_[number];
  if (port.busy_until > now) {
    if (!std::exchange(port.looks_later, true))
      at(port.busy_until, {LookClass, number, 0}, [this, number](std::int64_t time) {
        ports_[number].looks_later = false;
        if (!ports_[number].blocked)
          send_queue(number, time);
      });
    return;
  }
  port.blocked = true;
  const std::uint32_t ahead = port.queue.front().path.front();
  ports_[ahead].waiting_ports.push_back(number);
  tell_when_room(ahead, now);
}

void ReferenceFabric::tell_when_room(std::uint32_t number, std::int64_t now)
{
  Port& port = ports_[number];
  std::int32_t wanted = 0;
  if (!port.waiting_ports.empty()) {
    wanted = static_cast<std::int32_t>(ports_[port.waiting_ports.front()].queue.front().bytes);
  } else if (!port.waiting_flows.empty()) {
    wanted = std::numeric_limits<std::int32_t>::max();
    for (const std::size_t flow : port.waiting_flows)
      wanted = std::min(wanted, static_cast<std::int32_t>(next_packet(flows_[flow]).bytes +
                                                          static_cast<std::uint32_t>(policy_.frame_overhead.count())));
  }
  if (wanted == 0 || port.tells_later || port.coming + port.held + wanted > port.buffer)
    return;
  const std::int32_t excess = std::max(0, taken(number, now) + wanted - port.buffer);
  port.tells_later = true;
  at(now + static_cast<std::int64_t>(std::ceil(excess * port.ps_per_byte)), {LookClass, number, 0},
     [this, number](std::int64_t time) {
       ports_[number].tells_later = false;
       wake(number, time);
     });
}

// First come first served, as far as there is room; all flows look again.
void ReferenceFabric::wake(std::uint32_t number, std::int64_t now)
{
  Port& port = ports_[number];
  while (!port.waiting_ports.empty()) {
    const std::uint32_t waiting = port.waiting_ports.front();
    if (taken(number, now) + static_cast<std::int32_t>(ports_[waiting].queue.front().bytes) > port.buffer)
      break;
    port.waiting_ports.pop_front();
    ports_[waiting].blocked = false;
    send_queue(waiting, now);
  }
  for (const std::size_t flow : std::exchange(port.waiting_flows, {}))
    emit_at(now, flow);
  tell_when_room(number, now);
}

}  // namespace cm::tests
