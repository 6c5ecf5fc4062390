// The hot path: emission, hop, delivery. Everything a packet event costs is in this file, so that it compiles into one
// loop; a decode iteration runs it two hundred million times.

#include "sim/fabric/packet_fabric.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>

namespace cm::sim::fabric {
namespace {

// An engine serves a flow for so many packets before it looks at the next flow. With one flow an endpoint, which is the
// usual case, the number changes nothing but the number of events.
constexpr int EmissionBurst = 16;

std::uint32_t pair_hash(std::uint64_t a, std::uint64_t b, std::uint32_t buckets)
{
  std::uint64_t value = (a << 32U | b) + 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebULL;
  return static_cast<std::uint32_t>((value ^ (value >> 31U)) % buckets);
}

std::int64_t rounded(double picoseconds)
{
  return static_cast<std::int64_t>(picoseconds + 0.5);
}

}  // namespace

std::int64_t PacketFabric::run(std::int64_t limit)
{
  for (;;) {
    EventIndex index = calendar_.next();
    if (index == Calendar::Nil)
      return Calendar::Never;
    Calendar::List& list = calendar_.current_list();
    const bool all_within = calendar_.current_list_end() <= limit;
    do {
      const Event& event = calendar_[index];
      const EventKind kind = kind_of(event);
      if (kind >= EventKind::Notice || (!all_within && event.time > limit)) [[unlikely]]
        return event.time;
      list.head = event.next;
      // The port of the event that comes next is on its way from memory while this one is handled.
      const EventIndex following = event.next != Calendar::Nil ? event.next : calendar_.upcoming();
      if (following != Calendar::Nil)
        __builtin_prefetch(&ports_[calendar_[following].word & PortMask]);
      if (kind == EventKind::Packet) [[likely]]
        pass_uniform(index);
      else
        handle_rare(index, kind);
      index = list.head;
    } while (index != Calendar::Nil);
  }
}

void PacketFabric::handle_rare(EventIndex event, EventKind kind)
{
  switch (kind) {
  case EventKind::Emission: on_emission(event); break;
  case EventKind::ChooseSpine:
    if (!with_credits_)
      choose_spine(event);
    on_uneven(event);
    break;
  case EventKind::Uneven: on_uneven(event); break;
  case EventKind::Sink: on_sink(event); break;
  case EventKind::Control: on_control(event); break;
  case EventKind::AckStart: on_ack_start(event); break;
  case EventKind::PortFree: on_port_free(event); break;
  default: ensure(false, "an event of kind {} is not the fabric's", static_cast<int>(kind));
  }
}

// One hop of a packet whose ports are all alike.
inline void PacketFabric::pass_uniform(EventIndex index)
{
  Event& event = calendar_[index];
  Port& port = ports_[event.word & PortMask];
  const std::int64_t lasts = event.extra;
  const std::int64_t backlog = port.busy_until - event.time;
  const std::int64_t begin = event.time + std::max<std::int64_t>(backlog, 0);
  port.peak_backlog = std::max(port.peak_backlog, backlog);
  port.busy_until = begin + lasts;
  port.bytes += event.bytes;
  ++port_hops_;
  event.word >>= PortBits;  // the kind's bits are 0
  if (event.word != 0) {
    event.time = begin + uniform_.latency;
    calendar_.insert(index);
  } else {
    arrive(index, port, begin + uniform_.latency, begin + lasts + uniform_.latency);
  }
}

void PacketFabric::on_uneven(EventIndex index)
{
  Event& event = calendar_[index];
  const auto number = static_cast<PortIndex>(event.word & PortMask);
  shift_path(event);
  if (with_credits_) {
    enqueue(number, index, event.time);
    return;
  }
  Port& port = ports_[number];
  const PortKind& kind = kinds_[port.kind];
  // A packet that comes off a slower port keeps this one for as long as its tail takes to arrive.
  const std::int64_t lasts = std::max(serialisation(kind, event.bytes), static_cast<std::int64_t>(event.extra));
  const std::int64_t backlog = port.busy_until - event.time;
  const std::int64_t begin = event.time + std::max<std::int64_t>(backlog, 0);
  port.peak_backlog = std::max(port.peak_backlog, backlog);
  port.busy_until = begin + lasts;
  port.bytes += event.bytes;
  ++port_hops_;
  event.extra = static_cast<std::uint32_t>(lasts);
  leave_port(index, port, begin, begin + lasts, kind.latency);
}

// The packet leaves `port`: on to the next one of its path, or to the endpoint behind it.
inline void PacketFabric::leave_port(EventIndex index, const Port& port, std::int64_t head_leaves,
                                     std::int64_t tail_leaves, std::int64_t latency)
{
  Event& event = calendar_[index];
  if ((event.word & PortMask) != NoPort) {
    event.time = (cut_through_ ? head_leaves : tail_leaves) + latency;
    calendar_.insert(index);
    return;
  }
  arrive(index, port, head_leaves + latency, tail_leaves + latency);
}

void PacketFabric::leave_port_slowly(EventIndex index, const Port& port, std::int64_t head_leaves,
                                     std::int64_t tail_leaves, std::int64_t latency)
{
  leave_port(index, port, head_leaves, tail_leaves, latency);
}

inline void PacketFabric::arrive(EventIndex index, const Port& port, std::int64_t head, std::int64_t tail)
{
  Event& event = calendar_[index];
  const FlowIndex flow_index = event.subject;
  if (kind_of(event) == EventKind::Control && event.extra == 1) {
    calendar_.destroy(index);
    acknowledge(flow_index, tail);
    return;
  }
  const std::uint32_t payload = event.bytes - frame_overhead_;
  if (flows_[flow_index].sink_engine != NoIndex) {
    event.word = event_word(EventKind::Sink, static_cast<std::uint64_t>(port.lane) << 32U | port.owner);
    event.time = head;
    event.bytes = payload;
    calendar_.insert(index);
    return;
  }
  calendar_.destroy(index);
  deliver(flow_index, port.owner, port.lane, payload, tail);
}

void PacketFabric::on_sink(EventIndex index)
{
  const Event event = calendar_[index];
  calendar_.destroy(index);
  const auto endpoint = static_cast<std::uint32_t>(event.word & 0xffffffffULL);
  const auto lane = static_cast<std::uint32_t>((event.word & PathMask) >> 32U);
  const Flow& flow = flows_[event.subject];
  std::int64_t& busy = engine_busy_[flow.sink_engine + endpoint];
  const double cost = same_group(flow.source, endpoint) ? 1.0 : flow.other_group_cost;
  // Cut-through here too: the engine works on the packet while its tail is still arriving.
  busy = std::max(busy, event.time) + rounded(static_cast<double>(event.bytes) * flow.sink_ps_per_byte * cost);
  deliver(event.subject, endpoint, lane, event.bytes, std::max(busy, event.time + event.extra));
}

inline void PacketFabric::deliver(FlowIndex index, std::uint32_t endpoint, std::uint32_t lane, std::uint32_t bytes,
                                  std::int64_t at)
{
  Flow& flow = flows_[index];
  delivered_bytes_ += bytes;
  count_arrival(flow, endpoint, bytes, at);
  if (acknowledge_by_packet_ && flow.has_fence)
    send_acknowledgement(index, endpoint, lane, at);
  else
    acknowledge(index, at + path_latency_ps(endpoint, flow.source));
}

inline void PacketFabric::count_arrival(const Flow& flow, std::uint32_t endpoint, std::uint32_t bytes, std::int64_t at)
{
  if (flow.inbox == NoIndex)
    return;
  Inbox& inbox = inboxes_[flow.inbox + endpoint];
  inbox.last = std::max(inbox.last, at);
  inbox.remaining -= bytes;
  if (inbox.remaining == 0)
    post_notice(inbox.notice, inbox.last + inbox.delay);
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
    post_notice(flow.fence_notice, flow.fence);
  flow.messages = {};
  free_flows_.push_back(index);
  --flows_in_flight_;
}

void PacketFabric::post_notice(std::uint64_t notice, std::int64_t at)
{
  const EventIndex event = calendar_.create();
  calendar_[event].time = at;
  calendar_[event].word = event_word(EventKind::Notice, notice);
  calendar_.insert(event);
}

// The path was laid through spine 0; the shortest queue among the leaf's up ports decides now which one it really is.
void PacketFabric::choose_spine(EventIndex index)
{
  Event& event = calendar_[index];
  const std::size_t first = ports_[event.word & PortMask].owner;
  const std::uint64_t last = event.word >> (2 * PortBits) & PortMask;
  const std::size_t to = group_of_[ports_[last].owner] * sub_planes_ + ports_[last].lane;
  const auto backlog = [&](std::size_t spine) {
    const PortIndex port = up_[first + spine];
    return with_credits_ ? queues_[port].used : ports_[port].busy_until;
  };
  std::size_t best = 0;
  for (std::size_t spine = 1; spine < spines_; ++spine)
    if (backlog(spine) < backlog(best))
      best = spine;
  const std::uint64_t up = up_[first + best];
  const std::uint64_t down = down_[to * spines_ + best];
  event.word = event_word(EventKind::Uneven, up | down << PortBits | last << (2 * PortBits));
}

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
  if (policy_.spine_choice == SpineChoice::Spray) [[likely]] {
    std::uint8_t& pointer = next_spine_[source * sub_planes_ + lane];
    spine = pointer;
    pointer = static_cast<std::uint8_t>(spine + 1 == spines_ ? 0 : spine + 1);
  } else if (policy_.spine_choice == SpineChoice::Hash) {
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
  std::int64_t now = calendar_[index].time;
  const int burst = with_credits_ ? 1 : EmissionBurst;
  for (int sent = 0; sent < burst; ++sent) {
    if (flow.next_message == flow.messages.size()) {
      flow.all_sent = true;
      calendar_.destroy(index);
      if (flow.packets_in_flight == 0)
        release(flow_index);
      return;
    }
    const Message message = flow.messages[flow.next_message];
    const std::uint32_t bytes = std::min(mtu_, message.bytes - flow.offset);
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
          queues_[result.waits_for_lane].waiting_emissions.push_back(index);
        } else {
          calendar_[index].time = result.retry_at;
          calendar_.insert(index);
        }
        return;
      }
      now = result.sent_at;
      if (ends_message)
        flow.resumes += flow.pause;
    }
    flow.issued = std::max(flow.issued, now - flow.issue_lead) + flow.issue_step;
    if (ends_message) {
      flow.offset = 0;
      ++flow.next_message;
    }
  }
  calendar_[index].time = now;
  calendar_.insert(index);
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
  std::int64_t resumes = flow.resumes;
  std::uint32_t offset = flow.offset;
  std::uint32_t lane = next_lane_[source];
  std::uint32_t packets = 0;
  std::uint64_t payload = 0;
  const Message* message = flow.messages.data() + flow.next_message;
  const Message* const end = flow.messages.data() + flow.messages.size();
  for (int sent = 0; sent < EmissionBurst && message != end; ++sent) {
    const std::uint32_t left = message->bytes - offset;
    const std::uint32_t bytes = std::min(mtu_, left);
    if (bytes != flow.paced_bytes) [[unlikely]]
      pace(flow, bytes);
    const std::uint32_t destination = message->destination;
    if (destination == source) {
      keep_local(flow, bytes, std::max(now, issued) + flow.issue_step);
    } else {
      const std::uint32_t to = group_of_[destination];
      std::uint64_t ports = lane_in_[destination * sub_planes_ + lane];
      now = std::max(std::max(now, issued), std::max(resumes, engine));
      engine = now + flow.engine_step[to == group ? 0 : 1];
      resumes = bytes == left ? engine + flow.pause : 0;
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
  flow.resumes = resumes;
  flow.offset = offset;
  flow.next_message = static_cast<std::uint32_t>(message - flow.messages.data());
  flow.packets_in_flight += packets;
  port_hops_ += packets;
  emitted_bytes_ += payload;
  if (message != end) {
    __builtin_prefetch(message + EmissionBurst - 1);
    calendar_[index].time = std::max(std::max(now, issued), std::max(resumes, engine));
    calendar_.insert(index);
    return;
  }
  flow.all_sent = true;
  calendar_.destroy(index);
  if (flow.packets_in_flight == 0)
    release(flow_index);
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
  const std::int64_t ready = std::max({now, flow.issued, flow.resumes, engine == nullptr ? now : *engine});
  if (ready > now && !may_wait) {
    next_lane_[flow.source] = lane_pointer;
    return {.retry_at = ready};
  }
  now = ready;
  if (with_credits_ && lane_is_full(lane_out, bytes)) {
    next_lane_[flow.source] = lane_pointer;
    return {.waits_for_lane = lane_out};
  }
  if (engine != nullptr)
    *engine = now + flow.engine_step[leaves_group ? 1 : 0];
  flow.resumes = engine == nullptr || flow.pause == 0 ? 0 : *engine;
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
    return {.sent_at = now};
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
  return {.sent_at = now};
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
  queues_[lane_out].used += event.bytes;
  event.time = now;
  enqueue(lane_out, index, now);
}

}  // namespace cm::sim::fabric
