// The hot path: emission, hop, delivery. All that a packet event costs is in this file and in inline functions of the
// parts, so that it compiles into one loop; a decode iteration runs it two hundred million times.

#include "sim/fabric/packet_fabric.h"

#include "sim/diagnostics/ensure.h"
#include "sim/fabric/rounding.h"
#include "sim/fabric/switched/switched_way.h"

#include <algorithm>
#include <array>

namespace cm::sim::fabric {

std::int64_t PacketFabric::run(std::int64_t limit)
{
  for (;;) {
    if (switched_ != nullptr)
      run_switched(limit);
    else
      run_freely(limit);
    const Event* const next = calendar_.next(limit);
    if (next == nullptr)
      return Calendar::Never;
    const EventKind kind = kind_of(*next);
    if (kind >= EventKind::Notice) [[unlikely]]
      return next->time;
    const Event event = *next;
    calendar_.pop(next);
    if (kind == EventKind::Packet)
      pass_uniform(event);
    else
      handle_rare(event, kind);
  }
}

// Packets between ports that are all alike, until something else comes.
inline void PacketFabric::run_freely(std::int64_t limit)
{
  calendar_.take_while(limit, [this](const Event& event, const Event& upcoming) {
    // The port of an event that comes soon is on its way from memory while this one is handled.
    __builtin_prefetch(&ports_[upcoming.word & PortMask]);
    if (kind_of(event) != EventKind::Packet) [[unlikely]]
      return false;
    pass_uniform(event);
    return true;
  });
}

void PacketFabric::handle_rare(Event event, EventKind kind)
{
  switch (kind) {
  case EventKind::Emission: on_emission(event); break;
  case EventKind::ChooseSpine:
    choose_spine(event);
    on_uneven(event);
    break;
  case EventKind::Uneven: on_uneven(event); break;
  case EventKind::Sink: on_sink(event); break;
  case EventKind::Control: on_control(event); break;
  case EventKind::AckStart: on_ack_start(event); break;
  case EventKind::Switched: switched_->handle(event); break;
  case EventKind::Unhindered: pass_unhindered(event); break;
  default: ensure(false, "an event of kind {} is not the fabric's", static_cast<int>(kind));
  }
}

// One hop of a packet whose ports are all alike.
inline void PacketFabric::pass_uniform(const Event& event)
{
  Port& port = ports_[event.word & PortMask];
  const std::int64_t lasts = event.extra;
  const std::int64_t backlog = port.busy_until - event.time;
  const std::int64_t begin = event.time + std::max<std::int64_t>(backlog, 0);
  port.peak_backlog = std::max(port.peak_backlog, backlog);
  port.busy_until = begin + lasts;
  port.bytes += event.bytes;
  ++port_hops_;
  const std::uint64_t left = event.word >> PortBits;  // the kind's bits are 0
  if (left != 0)
    calendar_.insert({.time = begin + ports_.uniform().latency,
                      .word = left,
                      .subject = event.subject,
                      .bytes = event.bytes,
                      .extra = event.extra,
                      .order = event.order});
  else
    arrive(event, port, begin + ports_.uniform().latency, begin + lasts + ports_.uniform().latency);
}

void PacketFabric::on_uneven(Event& event)
{
  const auto number = static_cast<PortIndex>(event.word & PortMask);
  shift_path(event);
  Port& port = ports_[number];
  const PortKind& kind = ports_.kind(port);
  const std::int64_t lasts = serialisation(kind, event.bytes);
  const std::int64_t ready = ready_to_leave(event, lasts);
  const std::int64_t begin = std::max(ready, port.busy_until);
  port.peak_backlog = std::max(port.peak_backlog, port.busy_until - ready);
  port.busy_until = begin + lasts;
  port.bytes += event.bytes;
  ++port_hops_;
  event.extra = static_cast<std::uint32_t>(lasts);
  leave_port(event, port, begin, begin + lasts, kind.latency);
}

// One hop of a packet that waits for no other: an idealisation.
void PacketFabric::pass_unhindered(Event& event)
{
  Port& port = ports_[event.word & PortMask];
  shift_path(event);
  const PortKind& kind = ports_.kind(port);
  const std::int64_t lasts = serialisation(kind, event.bytes);
  const std::int64_t begin = ready_to_leave(event, lasts);
  port.bytes += event.bytes;
  ++port_hops_;
  event.extra = static_cast<std::uint32_t>(lasts);
  leave_port_slowly(event, port, begin, begin + lasts, kind.latency);
}

// The packet leaves `port`: on to the next one of its path, or to the endpoint behind it.
inline void PacketFabric::leave_port(Event& event, const Port& port, std::int64_t head_leaves, std::int64_t tail_leaves,
                                     std::int64_t latency)
{
  if ((event.word & PortMask) != NoPort) {
    event.time = (rules_.cut_through ? head_leaves : tail_leaves) + latency;
    calendar_.insert(event);
    return;
  }
  arrive(event, port, head_leaves + latency, tail_leaves + latency);
}

void PacketFabric::leave_port_slowly(Event& event, const Port& port, std::int64_t head_leaves, std::int64_t tail_leaves,
                                     std::int64_t latency)
{
  leave_port(event, port, head_leaves, tail_leaves, latency);
}

inline void PacketFabric::arrive(const Event& event, const Port& port, std::int64_t head, std::int64_t tail)
{
  const FlowIndex flow = event.subject;
  if (kind_of(event) == EventKind::Control && event.extra == 1) {
    acknowledge(flow, tail);
    return;
  }
  const std::uint32_t payload = event.bytes - rules_.frame_overhead;
  if (flows_[flow].sink_engine == NoIndex) {
    deliver(event, port.owner, port.lane, payload, tail);
    return;
  }
  calendar_.insert({.time = head,
                    .word = event_word(EventKind::Sink, static_cast<std::uint64_t>(port.lane) << 32U | port.owner),
                    .subject = flow,
                    .bytes = payload,
                    .extra = event.extra,
                    .order = event.order});
}

void PacketFabric::on_sink(const Event& event)
{
  const auto endpoint = static_cast<std::uint32_t>(event.word & 0xffffffffULL);
  const auto lane = static_cast<std::uint32_t>((event.word & PathMask) >> 32U);
  const std::int64_t taken = take_in(flows_[event.subject], endpoint, event.bytes, event.time);
  deliver(event, endpoint, lane, event.bytes, std::max(taken, event.time + event.extra));
}

// Returns when the receiver's engine has taken in a packet whose head comes at `head`. Cut-through here too: it works
// on the packet while its tail is still arriving.
std::int64_t PacketFabric::take_in(const Flow& flow, std::uint32_t endpoint, std::uint32_t bytes, std::int64_t head)
{
  std::int64_t& busy = senders_.engine(flow.sink_engine + endpoint);
  const double cost = same_group(flow.source, endpoint) ? 1.0 : flow.other_group_cost;
  busy = std::max(busy, head) + rounded(static_cast<double>(bytes) * flow.sink_ps_per_byte * cost);
  return busy;
}

inline void PacketFabric::deliver(const Event& event, std::uint32_t endpoint, std::uint32_t lane, std::uint32_t bytes,
                                  std::int64_t at)
{
  const FlowIndex index = event.subject;
  Flow& flow = flows_[index];
  receivers_.count(flow.inbox, endpoint, bytes, at);
  if (rules_.acknowledge_by_packet && flow.has_fence)
    send_acknowledgement(event, endpoint, lane, at);
  else
    acknowledge(index, at + path_latency_ps(endpoint, flow.source));
}

inline void PacketFabric::acknowledge(FlowIndex index, std::int64_t at)
{
  Flow& flow = flows_[index];
  flow.fence = std::max(flow.fence, at);
  if (--flow.packets_in_flight == 0 && flow.all_sent)
    release(index);
}

void PacketFabric::release(FlowIndex index)
{
  Flow& flow = flows_[index];
  if (flow.has_fence)
    post_notice(calendar_, flow.fence_notice, flow.fence);
  flows_.give_back(index);
}

// The path was laid through some spine; the leaf decides now by its queues which one it really is.
void PacketFabric::choose_spine(Event& event)
{
  const std::size_t place = ports_[event.word & PortMask].owner;
  const std::size_t first = place - place % routes_.spines();
  const std::uint64_t last = event.word >> (2 * PortBits) & PortMask;
  const std::size_t to = routes_.group_place(ports_[last].owner, ports_[last].lane);
  std::array<std::int64_t, MostSpines> queues;
  for (std::size_t spine = 0; spine < routes_.spines(); ++spine)
    queues[spine] = ports_[routes_.up_at(first + spine)].busy_until;
  const std::size_t best = rules_.leaf_rule({queues.data(), routes_.spines()});
  const std::uint64_t up = routes_.up_at(first + best);
  const std::uint64_t down = routes_.down_at(to + best);
  event.word = event_word(EventKind::Uneven, path_of(up, down, last));
}

}  // namespace cm::sim::fabric
