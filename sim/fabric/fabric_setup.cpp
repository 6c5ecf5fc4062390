// Setting up the fabric and asking it things: nothing here runs per packet.

#include "sim/diagnostics/ensure.h"
#include "sim/fabric/packet_fabric.h"
#include "sim/units/bit_mix.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <map>
#include <tuple>
#include <utility>

namespace cm::sim::fabric {
namespace {

// Our port 0 is "none".
std::vector<PortIndex> shifted(std::vector<PortIndex> ports)
{
  for (PortIndex& port : ports)
    ++port;
  return ports;
}

double ps_per_byte(BytesPerSecond rate)
{
  return rate.count() > 0 ? 1e12 / rate.count() : 0.0;
}

}  // namespace

PacketFabric::PacketFabric(const NetworkSpec& network, const FabricPolicy& policy, Calendar& calendar)
    : calendar_(calendar), policy_(policy),
      with_credits_(policy.flow_control == FlowControl::Credits && policy.waiting == Waiting::AtEveryPort),
      cut_through_(policy.forwarding == Forwarding::CutThrough),
      acknowledge_by_packet_(policy.acknowledgement == Acknowledgement::Packets),
      plain_policy_(cut_through_ && policy.lane_choice == LaneChoice::Spray &&
                    policy.spine_choice == SpineChoice::Spray),
      lanes_wait_(policy.waiting != Waiting::Nowhere), switches_wait_(policy.waiting == Waiting::AtEveryPort),
      mtu_(static_cast<std::uint32_t>(policy.mtu.count())),
      frame_overhead_(static_cast<std::uint32_t>(policy.frame_overhead.count())),
      packet_kind_(switches_wait_ ? EventKind::Uneven : EventKind::Unhindered), sub_planes_(network.sub_planes),
      lane_round_(std::uint64_t{mtu_} * sub_planes_), spines_(network.spines), group_of_(network.group_of),
      lane_out_(shifted(network.lane_out_ports)), lane_in_(shifted(network.lane_in_ports)),
      up_(shifted(network.up_ports)), down_(shifted(network.down_ports))
{
  ensure(network.ports.size() < PortMask, "{} ports: the fabric addresses at most {}", network.ports.size(),
         PortMask - 1);
  ensure(sub_planes_ > 0 && sub_planes_ < 256 && spines_ < 256, "sub-planes {} and spines {} must be 1..255",
         sub_planes_, spines_);
  // Without queues there is no shortest one.
  if (!switches_wait_ && policy_.spine_choice == SpineChoice::LeastQueue)
    policy_.spine_choice = SpineChoice::Spray;
  build_ports(network);
  lane_out_latency_ = common_latency(lane_out_);
  latency_within_ = lane_out_latency_ + common_latency(lane_in_);
  latency_between_ = latency_within_ + common_latency(up_) + common_latency(down_);
  const std::size_t endpoints = group_of_.size();
  number_bits_ = 31U - static_cast<unsigned>(std::bit_width(endpoints - 1));
  packets_.resize(endpoints);
  next_lane_.resize(endpoints);
  flows_at_.resize(endpoints);
  next_spine_.resize(endpoints * sub_planes_);
  for (std::size_t e = 0; e < endpoints; ++e)
    next_lane_[e] = static_cast<std::uint16_t>(mix_index(policy_.seed + e) % sub_planes_);
  for (std::size_t i = 0; i < next_spine_.size() && spines_ > 0; ++i)
    next_spine_[i] = static_cast<std::uint16_t>(mix_index(~policy_.seed + i) % spines_);
}

void PacketFabric::build_ports(const NetworkSpec& network)
{
  std::map<std::tuple<double, std::int64_t, std::int64_t>, std::uint16_t> known;
  ports_.resize(network.ports.size() + 1);
  control_busy_.resize(ports_.size());
  for (std::size_t i = 1; i < ports_.size(); ++i) {
    const PortSpec& spec = network.ports[i - 1];
    ensure(spec.rate.count() > 0, "port {} has no rate", i - 1);
    ensure((mtu_ + frame_overhead_) / spec.rate.count() < 4e-3, "a packet takes port {} longer than 4 ms", i - 1);
    const PortKind kind{ps_per_byte(spec.rate), to_picoseconds(spec.latency).count(), spec.buffer.count()};
    const auto [place, is_new] =
        known.try_emplace({kind.ps_per_byte, kind.latency, kind.buffer}, static_cast<std::uint16_t>(kinds_.size()));
    if (is_new)
      kinds_.push_back(kind);
    ports_[i].kind = place->second;
  }
  for (std::size_t i = 0; i < lane_in_.size(); ++i) {
    ports_[lane_in_[i]].owner = static_cast<std::uint32_t>(i / sub_planes_);
    ports_[lane_in_[i]].lane = static_cast<std::uint16_t>(i % sub_planes_);
  }
  for (std::size_t i = 0; i < up_.size(); ++i)
    ports_[up_[i]].owner = static_cast<std::uint32_t>(i);
  find_uniform_kind();
  if (with_credits_) {
    queues_.resize(ports_.size());
    for (std::size_t i = 1; i < ports_.size(); ++i) {
      const PortKind& kind = kinds_[ports_[i].kind];
      queues_[i].buffer =
          static_cast<std::int32_t>(std::min<std::int64_t>(kind.buffer, std::numeric_limits<std::int32_t>::max() / 2));
      queues_[i].bytes_per_ps = static_cast<float>(1 / kind.ps_per_byte);
    }
    for (const PortKind& kind : kinds_)
      ensure(kind.buffer >= policy_.mtu.count() + policy_.frame_overhead.count(),
             "a buffer of {} B cannot hold one packet of {} B", kind.buffer,
             policy_.mtu.count() + policy_.frame_overhead.count());
  }
}

// Ports of one kind are told apart from the rest by latency as well, but a lane_out port only by its rate: its latency
// comes before the path.
void PacketFabric::find_uniform_kind()
{
  const std::uint16_t kind = ports_[(up_.empty() ? lane_in_ : up_).front()].kind;
  uniform_ = kinds_[kind];
  bool switches_uniform = switches_wait_;
  for (const auto* stage : {&up_, &down_})
    for (const PortIndex port : *stage)
      switches_uniform = switches_uniform && ports_[port].kind == kind;
  endpoints_.resize(group_of_.size());
  for (std::uint32_t e = 0; e < endpoints_.size(); ++e)
    endpoints_[e] = {.kind = event_word(switches_uniform ? EventKind::Packet : packet_kind_, 0),
                     .group = group_of_[e],
                     .first_lane = e * sub_planes_,
                     .first_down = group_of_[e] * sub_planes_ * spines_};
  for (std::size_t i = 0; i < lane_in_.size(); ++i)
    if (ports_[lane_in_[i]].kind != kind || kinds_[ports_[lane_out_[i]].kind].ps_per_byte != uniform_.ps_per_byte)
      endpoints_[i / sub_planes_].kind = event_word(packet_kind_, 0);
}

EngineIndex PacketFabric::add_engines(std::uint32_t count)
{
  const auto first = static_cast<EngineIndex>(engine_busy_.size());
  engine_busy_.resize(engine_busy_.size() + count);
  return first;
}

InboxIndex PacketFabric::add_inboxes(std::uint32_t count)
{
  const auto first = static_cast<InboxIndex>(inboxes_.size());
  inboxes_.resize(inboxes_.size() + count);
  return first;
}

void PacketFabric::expect(InboxIndex inbox, std::uint64_t bytes, std::int64_t delay_ps, std::uint64_t notice)
{
  ensure(inboxes_.at(inbox).remaining == 0, "inbox {} still waits for {} bytes", inbox, inboxes_[inbox].remaining);
  inboxes_[inbox] = {bytes, delay_ps, 0, notice};
}

void PacketFabric::start(FlowSpec&& spec, std::int64_t now)
{
  ensure(spec.pause.count() == 0 || spec.engine.engine != NoIndex, "a flow that rests needs an engine to rest");
  ensure(spec.lanes.empty() || spec.lanes.size() == spec.messages.size(), "{} lanes for {} messages", spec.lanes.size(),
         spec.messages.size());
  FlowIndex index = 0;
  if (free_flows_.empty()) {
    index = static_cast<FlowIndex>(flows_.size());
    flows_.emplace_back();
  } else {
    index = free_flows_.back();
    free_flows_.pop_back();
  }
  Flow& flow = flows_[index];
  flow = Flow{};
  flow.messages = std::move(spec.messages);
  flow.lanes = std::move(spec.lanes);
  flow.source = spec.source;
  flow.engine = spec.engine.engine;
  flow.per_lane = spec.engine.per_lane;
  flow.engine_ps_per_byte = ps_per_byte(spec.engine.rate);
  flow.other_group_cost = spec.engine.other_group_cost;
  flow.issue_ps_per_byte = ps_per_byte(spec.issue_rate);
  // With an engine per lane each of them rests as long as it takes to make up for the others' sending.
  flow.engine_pause = spec.pause.count() * (spec.engine.per_lane ? sub_planes_ : 1);
  flow.issued = now;
  flow.issuers = spec.issuers;
  flow.fence = now;
  flow.sink_engine = spec.sink_engine;
  flow.sink_ps_per_byte = ps_per_byte(spec.sink_rate);
  // The next flow goes on where this one will end: short ones spread evenly, and of flows that take turns each visits
  // every lane.
  flow.next_lane = next_lane_[flow.source];
  next_lane_[flow.source] =
      static_cast<std::uint16_t>((flow.next_lane + lanes_of(flow.messages, flow.source)) % sub_planes_);
  flow.inbox = spec.inbox;
  flow.control = spec.control;
  flow.has_fence = spec.fence_notice.has_value();
  flow.fence_notice = spec.fence_notice.value_or(0);
  flow.plain = plain_policy_ && !flow.control && !flow.per_lane && flow.engine != NoIndex &&
               endpoints_[flow.source].kind == event_word(EventKind::Packet, 0);
  ++flows_in_flight_;
  ++flows_at_[flow.source];
  emit_next_at(now, index);
}

// Packets of the messages that leave their source, modulo the lanes.
std::uint32_t PacketFabric::lanes_of(const std::vector<Message>& messages, std::uint32_t source) const
{
  // Without a branch, for hundreds of messages a flow; few exchanges have long ones.
  std::uint32_t packets = 0;
  std::uint32_t longest = 0;
  for (const Message& message : messages) {
    packets += message.destination == source ? 0 : 1;
    longest = std::max(longest, message.bytes);
  }
  if (longest > mtu_)
    for (const Message& message : messages)
      if (message.bytes > mtu_ && message.destination != source)
        packets += (message.bytes - 1) / (message.bytes <= lane_round_ ? mtu_ : whole_rounds(message.bytes));
  return packets % sub_planes_;
}

// All ports of one stage are equally far from the next, which keeps the way back a constant.
std::int64_t PacketFabric::common_latency(const std::vector<PortIndex>& stage) const
{
  if (stage.empty())
    return 0;
  const std::int64_t latency = kinds_[ports_[stage.front()].kind].latency;
  for (const PortIndex port : stage)
    ensure(kinds_[ports_[port].kind].latency == latency, "ports of one stage differ in latency: {} ps and {} ps",
           latency, kinds_[ports_[port].kind].latency);
  return latency;
}

PortCounters PacketFabric::counters(PortIndex index) const
{
  const Port& port = ports_.at(index + 1);
  const PortKind& kind = kinds_[port.kind];
  const auto busy = static_cast<std::int64_t>(static_cast<double>(port.bytes) * kind.ps_per_byte);
  const auto peak = queues_.empty()
                        ? static_cast<std::uint64_t>(static_cast<double>(port.peak_backlog) / kind.ps_per_byte)
                        : static_cast<std::uint64_t>(queues_[index + 1].peak);
  return {port.bytes, busy, peak};
}

double PacketFabric::carried_bytes(std::uint32_t sub_plane, Picoseconds now) const
{
  double carried = 0;
  for (std::size_t entry = sub_plane; entry < lane_out_.size(); entry += sub_planes_) {
    const Port& port = ports_[lane_out_[entry]];
    const auto ahead = static_cast<double>(std::max<std::int64_t>(0, port.busy_until - now.count()));
    carried += std::max(0.0, static_cast<double>(port.bytes) - ahead / kinds_[port.kind].ps_per_byte);
  }
  return carried;
}

std::uint64_t PacketFabric::peak_queue_bytes() const
{
  std::uint64_t peak = 0;
  for (std::size_t port = 0; port < ports(); ++port)
    peak = std::max(peak, counters(static_cast<PortIndex>(port)).peak_queue_bytes);
  return peak;
}

}  // namespace cm::sim::fabric
