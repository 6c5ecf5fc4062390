// How packets enter the fabric: an endpoint's engine serves its flows packet by packet and spreads them over the lanes.

#include "sim/fabric/packet_fabric.h"
#include "sim/fabric/rounding.h"
#include "sim/units/bit_mix.h"

#include <algorithm>
#include <utility>

namespace cm::sim::fabric {
namespace {

// One emission event lays out so many packets ahead, at most over the horizon: fewer events. Only where an endpoint has
// a single flow, whose next packets nothing else can come between; several flows take turns packet by packet.
constexpr int EmissionBurst = 16;
constexpr std::int64_t BurstHorizon = 1'000'000;     // ps
constexpr std::int64_t LaneHorizon = 1'000'000'000;  // ps

std::uint32_t pair_hash(std::uint64_t a, std::uint64_t b, std::uint32_t buckets)
{
  return static_cast<std::uint32_t>(mix_index(a << 32U | b) % buckets);
}

}  // namespace

inline std::uint32_t PacketFabric::choose_lane(const Flow& flow, std::uint32_t destination)
{
  if (policy_.lane_choice == LaneChoice::Spray) [[likely]] {
    std::uint8_t& pointer = next_lane_[flow.source];
    const std::uint32_t lane = pointer;
    pointer = static_cast<std::uint8_t>(lane + 1 == sub_planes_ ? 0 : lane + 1);
    return lane;
  }
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
    std::uint8_t& pointer = next_spine_[source * sub_planes_ + lane];
    spine = pointer;
    pointer = static_cast<std::uint8_t>(spine + 1 == spines_ ? 0 : spine + 1);
  } else {
    spine = pair_hash(destination, source, spines_);
  }
  const std::uint64_t up = up_[(from * sub_planes_ + lane) * spines_ + spine];
  const std::uint64_t down = down_[(to * sub_planes_ + lane) * spines_ + spine];
  return up | down << PortBits | last << (2 * PortBits);
}

void PacketFabric::on_emission(EventIndex index)
{
  const FlowIndex flow_index = calendar_[index].subject;
  Flow& flow = flows_[flow_index];
  if (flow.plain) {
    emit_plain_burst(index, flow);
    return;
  }
  const std::int64_t start = calendar_[index].time;
  std::int64_t now = start;
  const bool alone = flows_at_[flow.source] == 1;
  const int burst = with_credits_ || !alone ? 1 : EmissionBurst;
  std::int64_t next = now;
  for (int sent = 0; sent < burst && now - start <= BurstHorizon; ++sent) {
    if (flow.next_message == flow.messages.size()) {
      end_emission(index, flow);
      return;
    }
    const Message message = flow.messages[flow.next_message];
    if (message.bytes != flow.cut_bytes)
      cut(flow, message.bytes);
    const std::uint32_t bytes = std::min(flow.packet_bytes, message.bytes - flow.offset);
    if (bytes != flow.paced_bytes)
      pace(flow, bytes);
    flow.offset += bytes;
    const bool ends_message = flow.offset == message.bytes;
    if (message.destination == flow.source) {
      keep_local(flow, bytes, std::max(now, flow.issued) + flow.issue_step);
    } else {
      const Emitted result = emit(flow, flow_index, message.destination, bytes, now, sent > 0);
      if (result.sent_at < 0) {
        flow.offset -= bytes;
        if (result.waits_for_lane != NoIndex) {
          calendar_[index].next = std::exchange(queues_[result.waits_for_lane].waiting_emissions, index);
        } else {
          calendar_[index].time = result.retry_at;
          calendar_.insert(index);
        }
        return;
      }
      now = result.sent_at;
      next = result.engine_free;
    }
    flow.issued = std::max(flow.issued, now - flow.issue_lead) + flow.issue_step;
    if (ends_message) {
      flow.offset = 0;
      ++flow.next_message;
    }
  }
  // The picosecond lets a flow that waits for the same engine go first.
  calendar_[index].time = flow.next_message == flow.messages.size() ? now : std::max(now, next) + (alone ? 0 : 1);
  calendar_.insert(index);
}

void PacketFabric::end_emission(EventIndex index, Flow& flow)
{
  const FlowIndex flow_index = calendar_[index].subject;
  flow.all_sent = true;
  calendar_.destroy(index);
  --flows_at_[flow.source];
  if (flow.packets_in_flight == 0)
    release(flow_index);
}

// The usual flow: sprayed, through one engine, without credits. The same steps as on_emission() with emit(), without
// the choices; as far as the destination's lanes allow, the packets visit ports of one kind only. What changes from
// packet to packet is kept in locals: through the members the compiler would have to store and load it every time.
void PacketFabric::emit_plain_burst(EventIndex index, Flow& flow)
{
  const FlowIndex flow_index = calendar_[index].subject;
  const std::uint32_t source = flow.source;
  std::int64_t engine = engine_busy_[flow.engine];
  std::int64_t now = calendar_[index].time;
  const std::int64_t start = now;
  const bool alone = flows_at_[source] == 1;
  const int burst = alone ? EmissionBurst : 1;
  if (engine > now) {  // another flow's packets
    calendar_[index].time = engine;
    calendar_.insert(index);
    return;
  }
  const std::uint32_t group = group_of_[source];
  const PortIndex* const lanes = &lane_out_[source * sub_planes_];
  const PortIndex* const ups = up_.data() + static_cast<std::size_t>(group) * sub_planes_ * spines_;
  std::uint8_t* const spines = &next_spine_[source * sub_planes_];
  std::int64_t issued = flow.issued;
  std::uint32_t offset = flow.offset;
  std::uint32_t lane = next_lane_[source];
  std::uint32_t packets = 0;
  std::uint64_t payload = 0;
  const Message* message = flow.messages.data() + flow.next_message;
  const Message* const end = flow.messages.data() + flow.messages.size();
  for (int sent = 0; sent < burst && message != end && now - start <= BurstHorizon; ++sent) {
    if (message->bytes != flow.cut_bytes) [[unlikely]]
      cut(flow, message->bytes);
    const std::uint32_t left = message->bytes - offset;
    const std::uint32_t bytes = std::min(flow.packet_bytes, left);
    if (bytes != flow.paced_bytes) [[unlikely]]
      pace(flow, bytes);
    const std::uint32_t destination = message->destination;
    if (destination == source) {
      keep_local(flow, bytes, std::max(now, issued) + flow.issue_step);
    } else {
      const std::uint32_t to = group_of_[destination];
      std::uint64_t ports = lane_in_[destination * sub_planes_ + lane];
      now = std::max({now, issued, engine});
      engine = now + flow.engine_step[to == group ? 0 : 1] + (bytes == left ? flow.engine_pause : 0);
      if (to != group) {
        const std::uint32_t spine = spines[lane];
        spines[lane] = static_cast<std::uint8_t>(spine + 1 == spines_ ? 0 : spine + 1);
        const std::uint64_t up = ups[lane * spines_ + spine];
        const std::uint64_t down = down_[(to * sub_planes_ + lane) * spines_ + spine];
        ports = up | down << PortBits | ports << (2 * PortBits);
      }
      const bool uniform = uniform_endpoint_[destination] != 0;
      const std::int64_t lasts = flow.lane_time;
      Port& port = ports_[lanes[lane]];
      const std::int64_t backlog = port.busy_until - now;
      const std::int64_t begin = now + std::max<std::int64_t>(backlog, 0);
      port.peak_backlog = std::max(port.peak_backlog, backlog);
      port.busy_until = begin + lasts;
      port.bytes += bytes + frame_overhead_;
      const EventIndex packet = calendar_.create();
      Event& event = calendar_[packet];
      event.time = begin + lane_out_latency_;
      event.word = event_word(uniform ? EventKind::Packet : EventKind::Uneven, ports);
      event.subject = flow_index;
      event.bytes = bytes + frame_overhead_;
      event.extra = static_cast<std::uint32_t>(lasts);
      calendar_.insert(packet);
      lane = lane + 1 == sub_planes_ ? 0 : lane + 1;
      ++packets;
      payload += bytes;
    }
    issued = std::max(issued, now - flow.issue_lead) + flow.issue_step;
    offset += bytes;
    if (bytes == left) {
      offset = 0;
      ++message;
    }
  }
  engine_busy_[flow.engine] = engine;
  next_lane_[source] = static_cast<std::uint8_t>(lane);
  flow.issued = issued;
  flow.offset = offset;
  flow.next_message = static_cast<std::uint32_t>(message - flow.messages.data());
  flow.packets_in_flight += packets;
  port_hops_ += packets;
  emitted_bytes_ += payload;
  if (message != end) {
    __builtin_prefetch(message + EmissionBurst - 1);
    calendar_[index].time = std::max({now, issued, engine}) + (alone ? 0 : 1);
    calendar_.insert(index);
    return;
  }
  end_emission(index, flow);
}

// Packets of at most one MTU. A message longer than a round of the lanes is cut into whole rounds of equal packets:
// what is left over would else pile up on the lanes that many senders happen to start with.
void PacketFabric::cut(Flow& flow, std::uint32_t message_bytes) const
{
  flow.cut_bytes = message_bytes;
  const std::uint32_t needed = (message_bytes - 1) / mtu_ + 1;
  if (needed <= sub_planes_) {
    flow.packet_bytes = mtu_;
    return;
  }
  const std::uint32_t rounds = (needed - 1) / sub_planes_ + 1;
  flow.packet_bytes = (message_bytes - 1) / (rounds * sub_planes_) + 1;
}

void PacketFabric::pace(Flow& flow, std::uint32_t bytes) const
{
  flow.paced_bytes = bytes;
  flow.issue_step = rounded(static_cast<double>(bytes) * flow.issue_ps_per_byte);
  flow.issue_lead = flow.issue_step * (flow.issuers - 1);
  flow.lane_time = serialisation(uniform_, bytes + frame_overhead_);
  flow.engine_step[0] = rounded(static_cast<double>(bytes) * flow.engine_ps_per_byte);
  flow.engine_step[1] = rounded(static_cast<double>(bytes) * flow.engine_ps_per_byte * flow.other_group_cost);
}

inline void PacketFabric::keep_local(Flow& flow, std::uint32_t bytes, std::int64_t at)
{
  emitted_bytes_ += bytes;
  delivered_bytes_ += bytes;
  flow.fence = std::max(flow.fence, at);
  count_arrival(flow, flow.source, bytes, at);
}

// One packet onto a lane, as soon as its engine is free. Where that is later than `now` the packet waits for it only if
// the engine is known to be busy with this flow's own packets (`may_wait`); else the flow has to come back.
inline PacketFabric::Emitted PacketFabric::emit(Flow& flow, FlowIndex flow_index, std::uint32_t destination,
                                                std::uint32_t bytes, std::int64_t now, bool may_wait)
{
  const std::uint8_t lane_pointer = next_lane_[flow.source];
  const std::uint32_t lane = choose_lane(flow, destination);
  const PortIndex lane_out = lane_out_[flow.source * sub_planes_ + lane];
  const bool leaves_group = !same_group(flow.source, destination);
  std::int64_t* engine = flow.engine == NoIndex ? nullptr : &engine_busy_[flow.engine + (flow.per_lane ? lane : 0)];
  const std::int64_t ready = std::max({now, flow.issued, engine == nullptr ? now : *engine});
  if (ready > now && !may_wait) {
    next_lane_[flow.source] = lane_pointer;
    return {.retry_at = ready};
  }
  now = ready;
  if (with_credits_ && !flow.control && lane_is_full(lane_out, bytes)) {
    next_lane_[flow.source] = lane_pointer;
    return {.waits_for_lane = lane_out};
  }
  Emitted result{.sent_at = now, .engine_free = now};
  if (engine != nullptr) {
    *engine = now + flow.engine_step[leaves_group ? 1 : 0] +
              (flow.offset == flow.messages[flow.next_message].bytes ? flow.engine_pause : 0);
    // With an engine per lane the next packet may go out on the next lane at once.
    result.engine_free = flow.per_lane ? now : *engine;
  }
  ++flow.packets_in_flight;
  emitted_bytes_ += bytes;
  const std::uint64_t ports = path(flow.source, destination, lane);
  const EventIndex index = calendar_.create();
  Event& event = calendar_[index];
  event.subject = flow_index;
  event.bytes = bytes + frame_overhead_;
  event.extra = 0;
  const EventKind kind =
      leaves_group && policy_.spine_choice == SpineChoice::LeastQueue ? EventKind::ChooseSpine : EventKind::Uneven;
  event.word = event_word(kind, ports);
  if (flow.control || with_credits_) {
    enter_lane_slowly(flow, index, lane_out, now);
    return result;
  }
  Port& port = ports_[lane_out];
  const PortKind& port_kind = kinds_[port.kind];
  const std::int64_t own = serialisation(port_kind, event.bytes);
  const std::int64_t begin = std::max(now, port.busy_until);
  port.peak_backlog = std::max(port.peak_backlog, port.busy_until - now);
  port.busy_until = begin + own;
  port.bytes += event.bytes;
  ++port_hops_;
  event.extra = static_cast<std::uint32_t>(own);
  event.time = (cut_through_ ? begin : begin + own) + port_kind.latency;
  calendar_.insert(index);
  // Without an engine the lanes set the pace: what is far from leaving waits at its source, not in the calendar.
  if (engine == nullptr)
    result.sent_at = std::max(result.sent_at, begin - LaneHorizon);
  return result;
}

void PacketFabric::enter_lane_slowly(const Flow& flow, EventIndex index, PortIndex lane_out, std::int64_t now)
{
  Event& event = calendar_[index];
  if (flow.control) {
    event.word = event_word(EventKind::Control, event.word & PathMask);
    event.time = pass_control(lane_out, event.bytes, now) + kinds_[ports_[lane_out].kind].latency;
    calendar_.insert(index);
    return;
  }
  queues_[lane_out].used += static_cast<std::int32_t>(event.bytes);
  event.time = now;
  enqueue(lane_out, index, now);
}

}  // namespace cm::sim::fabric
