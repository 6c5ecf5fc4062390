// Queues of the switched reference: which packet a port sends next, and when.

#include "sim/fabric/switched/bit_errors.h"
#include "tests/property/reference_rules.h"
#include "tests/property/switched_reference.h"

#include <algorithm>
#include <utility>

namespace cm::tests {

using namespace sim::fabric;

namespace {

constexpr std::uint32_t MostReplays = 1000;
constexpr std::uint64_t TagScale = 65536;

}  // namespace

std::uint32_t SwitchedReference::virtual_lane(const Packet& packet) const
{
  return packet.class_number * graph_.levels() + packet.level;
}

std::int64_t SwitchedReference::serialisation(std::uint32_t port, std::uint32_t bytes) const
{
  return whole(static_cast<double>(bytes) * ports_[port].ps_per_byte);
}

std::int64_t SwitchedReference::waiting_work(std::uint32_t port) const
{
  std::int64_t work = 0;
  for (const auto& queue : ports_[port].queues)
    for (const Packet& packet : queue)
      work += packet.work;
  return work;
}

std::uint64_t SwitchedReference::waiting_bytes(std::uint32_t port) const
{
  std::uint64_t bytes = 0;
  for (const auto& queue : ports_[port].queues)
    for (const Packet& packet : queue)
      bytes += packet.bytes;
  return bytes;
}

// For others, at the port that it is to take.
bool SwitchedReference::waits(const Packet& packet) const
{
  return policy_.waiting == Waiting::AtEveryPort ||
         (policy_.waiting == Waiting::AtLanes && packet.came_by == NoPortIndex);
}

// An endpoint takes what is for itself.
bool SwitchedReference::needs_credit(std::uint32_t port, const Packet& packet) const
{
  return policy_.flow_control == FlowControl::Credits && graph_.ends(port).to != packet.destination;
}

// The tail must not come later than the port needs it, at its present rate.
std::int64_t SwitchedReference::ready_time(std::uint32_t number, const Packet& packet) const
{
  const std::int64_t late = packet.lasts - serialisation(number, packet.bytes);
  return packet.joined + (policy_.forwarding == Forwarding::CutThrough && late > 0 ? late : 0);
}

void SwitchedReference::join(std::uint32_t number, Packet packet, std::int64_t now)
{
  Port& port = ports_[number];
  packet.work = serialisation(number, packet.bytes);
  packet.joined = now;
  if (!waits(packet)) {
    pass_unhindered(number, packet, now);
    return;
  }
  if (packet.class_number < classes()) {
    bool is_first = true;
    for (std::uint32_t level = 0; level < graph_.levels(); ++level)
      is_first = is_first && port.queues[packet.class_number * graph_.levels() + level].empty();
    std::uint64_t& tag = port.tags[packet.class_number];
    tag = is_first ? std::max(tag, port.clock) : tag;
  }
  port.queues[virtual_lane(packet)].push_back(packet);
  serve(number, now);
  port.peak = std::max(port.peak, waiting_bytes(number));
}

// Packets at their source count for whoever wants to know how busy the lane is.
void SwitchedReference::pass_unhindered(std::uint32_t number, Packet packet, std::int64_t now)
{
  if (ports_[number].downs > 0) {
    lose(packet, now);
    return;
  }
  const std::int64_t until = transmit(number, packet, ready_time(number, packet));
  if (packet.came_by == NoPortIndex)
    ports_[number].busy_until = until;
}

void SwitchedReference::serve(std::uint32_t number, std::int64_t now)
{
  Port& port = ports_[number];
  take_credits_back(number, now);
  if (port.downs > 0)
    return;
  while (port.busy_until <= now) {
    const std::optional<std::uint32_t> lane = choose_lane(number, now);
    if (!lane)
      break;
    send_first(number, *lane, now);
  }
  plan_look(number, now);
}

// Credits that come back now are not known yet to what comes before looks.
bool SwitchedReference::has_credit(std::uint32_t number, std::uint32_t lane, std::int64_t now) const
{
  const Port& port = ports_[number];
  const Packet& first = port.queues[lane].front();
  std::uint64_t room = port.credits[lane];
  for (const CreditBack& back : port.on_way)
    if (back.lane == lane && back.time <= (schedule_.is_before_looks ? now - 1 : now))
      room += back.bytes;
  return !needs_credit(number, first) || room >= first.bytes;
}

// The highest level goes first: packets of lower ones may wait for it.
std::optional<std::uint32_t> SwitchedReference::eligible_lane(std::uint32_t number, std::uint32_t class_number,
                                                              std::int64_t now) const
{
  const Port& port = ports_[number];
  for (std::uint32_t level = graph_.levels(); level-- > 0;) {
    const std::uint32_t lane = class_number * graph_.levels() + level;
    if (!port.queues[lane].empty() && ready_time(number, port.queues[lane].front()) <= now &&
        has_credit(number, lane, now))
      return lane;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> SwitchedReference::choose_lane(std::uint32_t number, std::int64_t now) const
{
  const Port& port = ports_[number];
  if (const auto control = eligible_lane(number, classes(), now))
    return control;
  std::optional<std::uint32_t> best;
  std::uint64_t least = 0;
  for (std::uint32_t each = 0; each < classes(); ++each) {
    const auto lane = eligible_lane(number, each, now);
    if (!lane || (best && (policy_.classes.scheduler == ClassScheduler::Strict || port.tags[each] >= least)))
      continue;
    best = lane;
    least = port.tags[each];
  }
  return best;
}

// Looks again when the port is free, or, if it is, when the first packet that only comes too slowly is ready. Looks of
// this very time are still to come for changes and emissions: credits may come back then.
void SwitchedReference::plan_look(std::uint32_t number, std::int64_t now)
{
  Port& port = ports_[number];
  std::optional<std::int64_t> time;
  for (std::uint32_t lane = 0; lane < port.queues.size(); ++lane) {
    if (port.queues[lane].empty())
      continue;
    if (port.busy_until > now)
      time = port.busy_until;
    else if (schedule_.is_before_looks)
      time = now;
    else if (const std::int64_t ready = ready_time(number, port.queues[lane].front()); has_credit(number, lane, now))
      time = std::min(time.value_or(ready), ready);
  }
  if (!time || (port.look && *port.look <= *time))
    return;
  port.look = time;
  at(*time, {LookClass, number, 0}, [this, number](std::int64_t then) {
    if (ports_[number].look != then)
      return;
    ports_[number].look.reset();
    serve(number, then);
  });
}

void SwitchedReference::send_first(std::uint32_t number, std::uint32_t lane, std::int64_t now)
{
  Port& port = ports_[number];
  const Packet packet = port.queues[lane].front();
  port.queues[lane].pop_front();
  if (packet.class_number < classes() && policy_.classes.scheduler == ClassScheduler::Weighted) {
    std::uint64_t& tag = port.tags[packet.class_number];
    port.clock = tag;
    tag += packet.bytes * TagScale / policy_.classes.weights[packet.class_number];
  }
  port.busy_until = transmit(number, packet, now);
  for (const std::size_t flow : std::exchange(port.waiting_flows, {}))
    emit_at(now, flow);
}

// Draws which transmissions are received wrong. Without replays a wrong packet stays so.
std::uint32_t SwitchedReference::count_replays(std::uint32_t number, Packet& packet) const
{
  packet.is_wrong = false;
  const Port& port = ports_[number];
  if (port.error_rate <= 0)
    return 0;
  const double wrong = packet_error(port.error_rate, packet.bytes);
  const std::uint32_t order = EventOrder(network_.endpoints()).of_packet(packet.source, packet.number);
  const auto is_wrong = [&](std::uint32_t attempt) {
    return error_draw(policy_.seed, order, number, packet.tries, attempt) < wrong;
  };
  if (!policy_.retry.replays_on_link) {
    packet.is_wrong = is_wrong(0);
    return 0;
  }
  std::uint32_t replays = 0;
  while (is_wrong(replays) && !packet.is_wrong)
    if (replays == MostReplays)
      packet.is_wrong = true;
    else
      ++replays;
  return replays;
}

// The packet begins to leave the port; returns until when it takes it.
std::int64_t SwitchedReference::transmit(std::uint32_t number, Packet packet, std::int64_t begin)
{
  Port& port = ports_[number];
  const std::int64_t lasts = serialisation(number, packet.bytes);
  const std::uint32_t replays = count_replays(number, packet);
  const std::int64_t right = begin + replays * (lasts + 2 * port.latency);
  give_credit_back(packet, right + lasts);
  port.bytes += packet.bytes * (std::uint64_t{replays} + 1);
  port.replays += replays;
  ++hops_;
  packet.came_by = number;
  packet.came_on = virtual_lane(packet);
  packet.holds_credit = needs_credit(number, packet);
  packet.failures = port.failures;
  packet.lasts = lasts;
  if (packet.holds_credit)
    port.credits[packet.came_on] -= packet.bytes;
  at(right + (policy_.forwarding == Forwarding::StoreAndForward ? lasts : 0) + port.latency, rank_of(packet),
     [this, packet](std::int64_t time) { arrive(packet, time); });
  return right + lasts;
}

// Room of the packet behind the port by which it came is free: the port learns of it as far away as it is.
void SwitchedReference::give_credit_back(const Packet& packet, std::int64_t freed)
{
  if (!packet.holds_credit)
    return;
  const std::int64_t time = freed + ports_[packet.came_by].latency;
  ports_[packet.came_by].on_way.push_back({time, packet.came_on, packet.bytes});
  at(time, {LookClass, packet.came_by, 0}, [this, number = packet.came_by](std::int64_t now) { serve(number, now); });
}

void SwitchedReference::take_credits_back(std::uint32_t number, std::int64_t before)
{
  Port& port = ports_[number];
  for (const CreditBack& back : port.on_way)
    port.credits[back.lane] += back.time < before ? back.bytes : 0;
  std::erase_if(port.on_way, [&](const CreditBack& back) { return back.time < before; });
}

}  // namespace cm::tests
