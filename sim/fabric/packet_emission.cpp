// How packets enter the fabric: an endpoint's engine serves its flows packet by packet and spreads them over the lanes.

#include "sim/fabric/packet_fabric.h"
#include "sim/fabric/rounding.h"
#include "sim/fabric/switched/switched_way.h"

#include <algorithm>

namespace cm::sim::fabric {

void PacketFabric::on_emission(const Event& event)
{
  const FlowIndex index = event.subject;
  Flow& flow = flows_[index];
  if (flow.plain) [[likely]] {
    emit_plain_burst(index, event.time);
    return;
  }
  const std::int64_t start = event.time;
  std::int64_t now = start;
  const bool alone = senders_.has_one_flow(flow.source);
  const int burst = switched_ != nullptr || !alone ? 1 : EmissionBurst;
  std::int64_t next = now;
  for (int sent = 0; sent < burst && now - start <= BurstHorizon; ++sent) {
    if (flow.next_message == flow.messages.size()) {
      end_emission(index);
      return;
    }
    const Message message = flow.messages[flow.next_message];
    flow.cut(message.bytes, rules_);
    const std::uint32_t bytes = std::min(flow.packet_bytes, message.bytes - flow.offset);
    const Pace& times = pace(flow, bytes);
    flow.offset += bytes;
    const bool ends_message = flow.offset == message.bytes;
    if (message.destination == flow.source) {
      keep_local(flow, bytes, std::max(now, flow.issued) + times.issue_step);
    } else {
      const Emitted result = switched_ == nullptr ? emit(flow, index, message.destination, times, now, sent > 0)
                                                  : emit_switched(flow, index, message.destination, times, now);
      if (result.sent_at < 0) {
        flow.offset -= bytes;
        if (result.waits_for_port != NoIndex)
          switched_->wait_for_room(result.waits_for_port, index);
        else
          emit_next_at(result.retry_at, index);
        return;
      }
      now = result.sent_at;
      next = result.engine_free;
    }
    flow.issued = std::max(flow.issued, now - times.issue_lead) + times.issue_step;
    if (ends_message) {
      if (flow.left_out > 0 && message.destination != flow.source)
        flow.leave_out_lanes(routes_.lanes());
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
                    .order = EventOrder::of_emission(flows_[index].source)});
}

void PacketFabric::end_emission(FlowIndex index)
{
  Flow& flow = flows_[index];
  flow.all_sent = true;
  senders_.end_flow(flow.source);
  if (flow.packets_in_flight == 0)
    release(index);
}

void PacketFabric::set_pace(Pace& pace, const Flow& flow, std::uint32_t bytes) const
{
  pace.bytes = bytes;
  pace.issue_step = rounded(static_cast<double>(bytes) * flow.issue_ps_per_byte);
  pace.issue_lead = pace.issue_step * (flow.issuers - 1);
  pace.lane_time = serialisation(ports_.uniform(), bytes + rules_.frame_overhead);
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
  const PortIndex lane_out = routes_.lane_out(flow.source, lane);
  const bool leaves_group = !same_group(flow.source, destination);
  std::int64_t* engine = flow.engine == NoIndex ? nullptr : &senders_.engine(flow.engine + (flow.per_lane ? lane : 0));
  const std::int64_t ready = std::max({now, flow.issued, engine == nullptr ? now : *engine});
  if (ready > now && !may_wait) {
    flow.next_lane = lane_pointer;
    return {.retry_at = ready};
  }
  now = ready;
  Emitted result{.sent_at = now, .engine_free = now};
  if (engine != nullptr) {
    *engine = now + pace.engine_step[leaves_group ? 1 : 0] +
              (flow.offset == flow.messages[flow.next_message].bytes ? flow.engine_pause : 0);
    // With an engine per lane the next packet may go out on the next lane at once.
    result.engine_free = flow.per_lane ? now : *engine;
  }
  ++flow.packets_in_flight;
  emitted_bytes_ += bytes;
  const std::uint64_t ports = routes_.next_path(flow.source, destination, lane);
  const EventKind kind = leaves_group && rules_.leaf_rule != nullptr ? EventKind::ChooseSpine : rules_.uneven;
  Event event{.word = event_word(kind, ports),
              .subject = flow_index,
              .bytes = bytes + rules_.frame_overhead,
              .order = senders_.order_of_next_packet(flow.source)};
  if (flow.control) {
    send_control(event, lane_out, now);
    return result;
  }
  Port& port = ports_[lane_out];
  const PortKind& port_kind = ports_.kind(port);
  const std::int64_t own = serialisation(port_kind, event.bytes);
  const std::int64_t begin = rules_.lanes_wait ? std::max(now, port.busy_until) : now;
  port.peak_backlog = std::max(port.peak_backlog, begin - now);
  port.busy_until = begin + own;
  port.bytes += event.bytes;
  ++port_hops_;
  event.extra = static_cast<std::uint32_t>(own);
  event.time = (rules_.cut_through ? begin : begin + own) + port_kind.latency;
  calendar_.insert(event);
  // Without an engine the lanes set the pace: what is far from leaving waits at its source, not in the calendar.
  if (engine == nullptr)
    result.sent_at = std::max(result.sent_at, begin - LaneHorizon);
  return result;
}

void PacketFabric::send_control(Event& event, PortIndex lane_out, std::int64_t now)
{
  event.word = event_word(EventKind::Control, event.word & PathMask);
  event.time = pass_control(lane_out, event.bytes, now, rules_.lanes_wait) + ports_.kind(ports_[lane_out]).latency;
  calendar_.insert(event);
}

}  // namespace cm::sim::fabric
