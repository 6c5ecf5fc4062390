// How packets enter the fabric: an endpoint's engine serves its flows packet by packet and spreads them over the lanes.

#include "sim/fabric/packet_fabric.h"
#include "sim/fabric/rounding.h"
#include "sim/units/bit_mix.h"

#include <algorithm>
#include <utility>

namespace cm::sim::fabric {
namespace {

constexpr std::int64_t LaneHorizon = 1'000'000'000;  // ps

std::uint32_t pair_hash(std::uint64_t a, std::uint64_t b, std::uint32_t buckets)
{
  return static_cast<std::uint32_t>(mix_index(a << 32U | b) % buckets);
}

}  // namespace

inline std::uint32_t PacketFabric::choose_lane(Flow& flow, std::uint32_t destination)
{
  if (policy_.lane_choice == LaneChoice::Spray || (policy_.lane_choice == LaneChoice::ByMessage && flow.lanes.empty()))
      [[likely]] {
    const std::uint32_t lane = flow.next_lane;
    flow.next_lane = static_cast<std::uint16_t>(lane + 1 == sub_planes_ ? 0 : lane + 1);
    return lane;
  }
  if (policy_.lane_choice == LaneChoice::ByMessage)
    return flow.lanes[flow.next_message];
  return policy_.lane_choice == LaneChoice::Hash ? pair_hash(flow.source, destination, sub_planes_)
                                                 : destination % sub_planes_;
}

// The ports after the source's lane, 20 bits each, first one lowest.
std::uint64_t PacketFabric::path(std::uint32_t source, std::uint32_t destination, std::uint32_t lane)
{
  const std::uint64_t last = lane_in_[destination * sub_planes_ + lane];
  const std::uint32_t from = group_of_[source];
  const std::uint32_t to = group_of_[destination];
  if (from == to)
    return last;
  std::uint32_t spine = 0;
  if (policy_.spine_choice != SpineChoice::Hash) [[likely]] {
    std::uint16_t& pointer = next_spine_[source * sub_planes_ + lane];
    spine = pointer;
    pointer = static_cast<std::uint16_t>(spine + 1 == spines_ ? 0 : spine + 1);
  } else {
    spine = pair_hash(destination, source, spines_);
  }
  const std::uint64_t up = up_[(from * sub_planes_ + lane) * spines_ + spine];
  const std::uint64_t down = down_[(to * sub_planes_ + lane) * spines_ + spine];
  return up | down << PortBits | last << (2 * PortBits);
}

void PacketFabric::on_emission(const Event& event)
{
  const FlowIndex index = event.subject;
  Flow& flow = flows_[index];
  if (flow.plain && (with_credits_ ? emit_plain_burst<true>(index, event.time)
                                   : emit_plain_burst<false>(index, event.time))) [[likely]]
    return;
  const std::int64_t start = event.time;
  std::int64_t now = start;
  const bool alone = flows_at_[flow.source] == 1;
  const int burst = with_credits_ || !alone ? 1 : EmissionBurst;
  std::int64_t next = now;
  for (int sent = 0; sent < burst && now - start <= BurstHorizon; ++sent) {
    if (flow.next_message == flow.messages.size()) {
      end_emission(index, now);
      return;
    }
    const Message message = flow.messages[flow.next_message];
    if (message.bytes != flow.cut_bytes)
      cut(flow, message.bytes);
    const std::uint32_t bytes = std::min(flow.packet_bytes, message.bytes - flow.offset);
    const Pace& times = pace(flow, bytes);
    flow.offset += bytes;
    const bool ends_message = flow.offset == message.bytes;
    if (message.destination == flow.source) {
      keep_local(flow, bytes, std::max(now, flow.issued) + times.issue_step);
    } else {
      const Emitted result = emit(flow, index, message.destination, times, now, sent > 0);
      if (result.sent_at < 0) {
        flow.offset -= bytes;
        if (result.waits_for_lane != NoIndex)
          wait_for_lane(result.waits_for_lane, bytes, index, now);
        else
          emit_next_at(result.retry_at, index);
        return;
      }
      now = result.sent_at;
      next = result.engine_free;
    }
    flow.issued = std::max(flow.issued, now - times.issue_lead) + times.issue_step;
    if (ends_message) {
      flow.offset = 0;
      ++flow.next_message;
    }
  }
  // The picosecond lets a flow that waits for the same engine go first.
  emit_next_at(flow.next_message == flow.messages.size() ? now : std::max(now, next) + (alone ? 0 : 1), index);
}

void PacketFabric::emit_next_at(std::int64_t time, FlowIndex index)
{
  calendar_.insert({.time = time,
                    .word = event_word(EventKind::Emission, 0),
                    .subject = index,
                    .order = order_of_emission(flows_[index].source)});
}

void PacketFabric::end_emission(FlowIndex index, std::int64_t now)
{
  Flow& flow = flows_[index];
  // One without messages has waited for its engine all the same.
  flow.fence = std::max(flow.fence, now);
  flow.all_sent = true;
  --flows_at_[flow.source];
  if (flow.packets_in_flight == 0)
    release(index);
}

// Packets of at most one MTU. A message longer than a round of the lanes is cut into whole rounds of equal packets:
// what is left over would else pile up on the lanes that many senders happen to start with.
std::uint32_t PacketFabric::whole_rounds(std::uint32_t message_bytes) const
{
  const auto rounds = static_cast<std::uint32_t>((message_bytes - 1) / lane_round_ + 1);
  return (message_bytes - 1) / (rounds * sub_planes_) + 1;
}

void PacketFabric::set_pace(Pace& pace, const Flow& flow, std::uint32_t bytes) const
{
  pace.bytes = bytes;
  pace.issue_step = rounded(static_cast<double>(bytes) * flow.issue_ps_per_byte);
  pace.issue_lead = pace.issue_step * (flow.issuers - 1);
  pace.lane_time = serialisation(uniform_, bytes + frame_overhead_);
  pace.engine_step[0] = rounded(static_cast<double>(bytes) * flow.engine_ps_per_byte);
  pace.engine_step[1] = rounded(static_cast<double>(bytes) * flow.engine_ps_per_byte * flow.other_group_cost);
}

// One packet onto a lane, as soon as its engine is free. Where that is later than `now` the packet waits for it only if
// the engine is known to be busy with this flow's own packets (`may_wait`); else the flow has to come back.
inline PacketFabric::Emitted PacketFabric::emit(Flow& flow, FlowIndex flow_index, std::uint32_t destination,
                                                const Pace& pace, std::int64_t now, bool may_wait)
{
  const std::uint32_t bytes = pace.bytes;
  const std::uint16_t lane_pointer = flow.next_lane;
  const std::uint32_t lane = choose_lane(flow, destination);
  const PortIndex lane_out = lane_out_[flow.source * sub_planes_ + lane];
  const bool leaves_group = !same_group(flow.source, destination);
  std::int64_t* engine = flow.engine == NoIndex ? nullptr : &engine_busy_[flow.engine + (flow.per_lane ? lane : 0)];
  const std::int64_t ready = std::max({now, flow.issued, engine == nullptr ? now : *engine});
  if (ready > now && !may_wait) {
    flow.next_lane = lane_pointer;
    return {.retry_at = ready};
  }
  now = ready;
  if (with_credits_ && !flow.control && !take_lane(lane_out, bytes, now)) {
    flow.next_lane = lane_pointer;
    return {.waits_for_lane = lane_out};
  }
  Emitted result{.sent_at = now, .engine_free = now};
  if (engine != nullptr) {
    *engine = now + pace.engine_step[leaves_group ? 1 : 0] +
              (flow.offset == flow.messages[flow.next_message].bytes ? flow.engine_pause : 0);
    // With an engine per lane the next packet may go out on the next lane at once.
    result.engine_free = flow.per_lane ? now : *engine;
  }
  ++flow.packets_in_flight;
  emitted_bytes_ += bytes;
  const std::uint64_t ports = path(flow.source, destination, lane);
  const EventKind kind =
      leaves_group && policy_.spine_choice == SpineChoice::LeastQueue ? EventKind::ChooseSpine : packet_kind_;
  Event event{.word = event_word(kind, ports),
              .subject = flow_index,
              .bytes = bytes + frame_overhead_,
              .order = order_of_packet(flow.source, packets_[flow.source]++)};
  if (flow.control || with_credits_) {
    enter_lane_slowly(flow, event, lane_out, now);
    return result;
  }
  Port& port = ports_[lane_out];
  const PortKind& port_kind = kinds_[port.kind];
  const std::int64_t own = serialisation(port_kind, event.bytes);
  const std::int64_t begin = lanes_wait_ ? std::max(now, port.busy_until) : now;
  port.peak_backlog = std::max(port.peak_backlog, begin - now);
  port.busy_until = begin + own;
  port.bytes += event.bytes;
  ++port_hops_;
  event.extra = static_cast<std::uint32_t>(own);
  event.time = (cut_through_ ? begin : begin + own) + port_kind.latency;
  calendar_.insert(event);
  // Without an engine the lanes set the pace: what is far from leaving waits at its source, not in the calendar.
  if (engine == nullptr)
    result.sent_at = std::max(result.sent_at, begin - LaneHorizon);
  return result;
}

void PacketFabric::enter_lane_slowly(const Flow& flow, Event& event, PortIndex lane_out, std::int64_t now)
{
  if (flow.control) {
    event.word = event_word(EventKind::Control, event.word & PathMask);
    event.time = pass_control(lane_out, event.bytes, now, lanes_wait_) + kinds_[ports_[lane_out].kind].latency;
    calendar_.insert(event);
    return;
  }
  event.time = now;
  come(lane_out, event);
}

}  // namespace cm::sim::fabric
