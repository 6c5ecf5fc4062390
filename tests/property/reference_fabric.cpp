#include "tests/property/reference_fabric.h"

#include "sim/units/bit_mix.h"
#include "tests/property/reference_rules.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace cm::tests {

using namespace sim::fabric;

bool ReferenceFabric::Later::operator()(const Event& a, const Event& b) const
{
  return std::tie(a.time, a.rank, a.sequence) > std::tie(b.time, b.rank, b.sequence);
}

ReferenceFabric::ReferenceFabric(NetworkSpec network, FabricPolicy policy)
    : network_(std::move(network)), policy_(policy)
{
  for (const PortSpec& spec : network_.ports) {
    Port& port = ports_.emplace_back();
    port.ps_per_byte = per_byte(spec.rate);
    port.latency = to_picoseconds(spec.latency).count();
    port.buffer = spec.buffer.count();
  }
  if (policy_.waiting != Waiting::AtEveryPort && policy_.spine_choice == SpineChoice::LeastQueue)
    policy_.spine_choice = SpineChoice::Spray;
  for (std::uint32_t e = 0; e < network_.endpoints(); ++e)
    next_lane_.push_back(static_cast<std::uint32_t>(mix_index(policy_.seed + e) % network_.lanes));
  for (std::uint32_t i = 0; i < network_.endpoints() * network_.lanes; ++i)
    next_spine_.push_back(
        network_.spines == 0 ? 0 : static_cast<std::uint32_t>(mix_index(~policy_.seed + i) % network_.spines));
  sending_.resize(network_.endpoints());
  sent_.resize(network_.endpoints());
}

std::uint32_t ReferenceFabric::add_engines(std::uint32_t count)
{
  engines_.resize(engines_.size() + count);
  return static_cast<std::uint32_t>(engines_.size() - count);
}

std::uint32_t ReferenceFabric::add_inboxes(std::uint32_t count)
{
  inboxes_.resize(inboxes_.size() + count);
  return static_cast<std::uint32_t>(inboxes_.size() - count);
}

void ReferenceFabric::expect(std::uint32_t inbox, std::uint64_t bytes, std::int64_t delay, std::uint64_t notice)
{
  inboxes_[inbox] = {bytes, delay, 0, notice};
}

// A flow starts on the lane behind the one on which the flow before it will have ended.
void ReferenceFabric::start(const FlowSpec& spec, std::int64_t now)
{
  Flow& flow = flows_.emplace_back();
  flow.spec = spec;
  flow.issued = now;
  flow.fence = now;
  flow.lane = next_lane_[spec.source];
  flow.lays_out =
      policy_.forwarding == Forwarding::CutThrough && policy_.lane_choice == LaneChoice::Spray &&
      policy_.spine_choice == SpineChoice::Spray && !spec.control && !spec.engine.per_lane &&
      spec.engine.engine != NoIndex && is_uniform(spec.source) &&
      std::ranges::all_of(spec.messages, [this](const Message& message) { return lanes_left_out(message.bytes) == 0; });
  Flow ahead = flow;
  while (ahead.message < spec.messages.size()) {
    const NextPacket next = next_packet(ahead);
    if (next.destination != spec.source)
      next_lane_[spec.source] = (next_lane_[spec.source] + 1) % network_.lanes;
    advance(ahead, next, 0);
  }
  ++sending_[spec.source];
  emit_at(now, flows_.size() - 1);
}

void ReferenceFabric::finish()
{
  while (!events_.empty()) {
    const Event event = events_.top();
    events_.pop();
    event.act(event.time);
  }
}

std::uint64_t ReferenceFabric::peak_queue_bytes(std::uint32_t number) const
{
  const Port& port = ports_[number];
  return static_cast<std::uint64_t>(static_cast<double>(port.peak_backlog) / port.ps_per_byte);
}

void ReferenceFabric::at(std::int64_t time, const Rank& rank, std::function<void(std::int64_t)> act)
{
  events_.push({time, rank, sequence_++, std::move(act)});
}

std::int64_t ReferenceFabric::serialisation(std::uint32_t port, std::uint32_t bytes) const
{
  return whole(static_cast<double>(bytes) * ports_[port].ps_per_byte);
}

bool ReferenceFabric::same_group(std::uint32_t a, std::uint32_t b) const
{
  return network_.group_of[a] == network_.group_of[b];
}

std::int64_t ReferenceFabric::path_latency(std::uint32_t from, std::uint32_t to) const
{
  const std::int64_t lanes =
      ports_[network_.lane_out_ports.front()].latency + ports_[network_.lane_in_ports.front()].latency;
  return same_group(from, to)
             ? lanes
             : lanes + ports_[network_.up_ports.front()].latency + ports_[network_.down_ports.front()].latency;
}

// Whether packets between this endpoint and the switches take the same time at every port.
bool ReferenceFabric::is_uniform(std::uint32_t endpoint) const
{
  const Port& common = ports_[(network_.up_ports.empty() ? network_.lane_in_ports : network_.up_ports).front()];
  const auto is_alike = [&](std::uint32_t number) {
    const Port& port = ports_[number];
    return port.ps_per_byte == common.ps_per_byte && port.latency == common.latency && port.buffer == common.buffer;
  };
  if (policy_.waiting != Waiting::AtEveryPort)
    return false;
  for (std::uint32_t lane = 0; lane < network_.lanes; ++lane) {
    const std::uint32_t place = endpoint * network_.lanes + lane;
    if (!is_alike(network_.lane_in_ports[place]) ||
        ports_[network_.lane_out_ports[place]].ps_per_byte != common.ps_per_byte)
      return false;
  }
  return std::ranges::all_of(network_.up_ports, is_alike) && std::ranges::all_of(network_.down_ports, is_alike);
}

// The packet's head is at a port that `number` names.
void ReferenceFabric::come(std::uint32_t number, Packet packet, std::int64_t now)
{
  if (packet.control) {
    pass_control(number, std::move(packet), now);
    return;
  }
  if (packet.chooses_spine) {
    choose_spine(packet);
    number = packet.path.front();
  }
  packet.path.erase(packet.path.begin());
  pass(number, std::move(packet), now);
}

// Sends a packet as soon as the port is free and the packet can follow its head without a gap.
void ReferenceFabric::pass(std::uint32_t number, Packet packet, std::int64_t now)
{
  Port& port = ports_[number];
  const std::int64_t lasts = serialisation(number, packet.bytes);
  const std::int64_t ready =
      now + (policy_.forwarding == Forwarding::CutThrough ? std::max<std::int64_t>(0, packet.lasts - lasts) : 0);
  const bool is_lane_out = packet.lasts == 0;
  const bool waits = policy_.waiting == Waiting::AtEveryPort || (is_lane_out && policy_.waiting == Waiting::AtLanes);
  const std::int64_t begin = waits ? std::max(ready, port.busy_until) : ready;
  port.peak_backlog = std::max(port.peak_backlog, begin - ready);
  if (waits || is_lane_out)
    port.busy_until = begin + lasts;
  leave(number, std::move(packet), begin, lasts);
}

// A packet of the control class waits for the one that is being sent, at most an MTU's time, and for others of its
// class.
void ReferenceFabric::pass_control(std::uint32_t number, Packet packet, std::int64_t now)
{
  Port& port = ports_[number];
  const bool is_lane_out = packet.path.empty() || packet.path.front() != number;
  if (!is_lane_out)
    packet.path.erase(packet.path.begin());
  const std::int64_t lasts = serialisation(number, packet.bytes);
  std::int64_t begin = now;
  if (policy_.waiting == Waiting::AtEveryPort || (is_lane_out && policy_.waiting == Waiting::AtLanes)) {
    const std::int64_t one_packet = serialisation(number, static_cast<std::uint32_t>(policy_.mtu.count()));
    begin = std::max({now, port.control_until, std::min(port.busy_until, now + one_packet)});
    port.control_until = begin + lasts;
    port.busy_until = std::max(port.busy_until, now) + lasts;
  }
  port.bytes += packet.bytes;
  ++hops_;
  if (is_lane_out || !packet.path.empty()) {
    const bool by_tail = !is_lane_out && policy_.forwarding == Forwarding::StoreAndForward;
    const std::uint32_t next = packet.path.front();
    const Rank rank = packet.rank;
    at(begin + (by_tail ? lasts : 0) + port.latency, rank,
       [this, next, packet = std::move(packet)](std::int64_t time) { come(next, packet, time); });
    return;
  }
  packet.lasts = lasts;
  arrive(packet, begin + port.latency, begin + lasts + port.latency);
}

void ReferenceFabric::leave(std::uint32_t number, Packet packet, std::int64_t begin, std::int64_t lasts)
{
  Port& port = ports_[number];
  port.bytes += packet.bytes;
  ++hops_;
  packet.lasts = lasts;
  if (packet.path.empty()) {
    arrive(packet, begin + port.latency, begin + lasts + port.latency);
    return;
  }
  const std::uint32_t next = packet.path.front();
  const Rank rank = packet.rank;
  at(begin + (policy_.forwarding == Forwarding::CutThrough ? 0 : lasts) + port.latency, rank,
     [this, next, packet = std::move(packet)](std::int64_t time) { come(next, packet, time); });
}

// The packet is in front of its leaf's up ports: the shortest queue wins, the first of equal ones.
void ReferenceFabric::choose_spine(Packet& packet) const
{
  const auto first_of = [&](std::uint32_t endpoint) {
    return (network_.group_of[endpoint] * network_.lanes + packet.lane) * network_.spines;
  };
  const std::uint32_t up = first_of(flows_[packet.flow].spec.source);
  const auto backlog = [&](std::uint32_t spine) {
    const std::uint32_t port = network_.up_ports[up + spine];
    return ports_[port].busy_until;
  };
  std::uint32_t best = 0;
  for (std::uint32_t spine = 1; spine < network_.spines; ++spine)
    if (backlog(spine) < backlog(best))
      best = spine;
  packet.path[0] = network_.up_ports[up + best];
  packet.path[1] = network_.down_ports[first_of(packet.destination) + best];
  packet.chooses_spine = false;
}

// At the endpoint: through its engine for what arrives, if the flow names one, while the tail is still coming.
void ReferenceFabric::arrive(const Packet& packet, std::int64_t head, std::int64_t tail)
{
  const FlowSpec& spec = flows_[packet.flow].spec;
  if (packet.acknowledges) {
    acknowledge(packet.flow, tail);
    return;
  }
  const auto payload = packet.bytes - static_cast<std::uint32_t>(policy_.frame_overhead.count());
  if (spec.sink_engine == NoIndex) {
    deliver(packet, payload, tail);
    return;
  }
  at(head, packet.rank, [this, packet, payload](std::int64_t now) {
    const FlowSpec& flow = flows_[packet.flow].spec;
    std::int64_t& busy = engines_[flow.sink_engine + packet.destination];
    const double cost = same_group(flow.source, packet.destination) ? 1 : flow.engine.other_group_cost;
    busy = std::max(busy, now) + whole(static_cast<double>(payload) * per_byte(flow.sink_rate) * cost);
    deliver(packet, payload, std::max(busy, now + (packet.control ? 0 : packet.lasts)));
  });
}

void ReferenceFabric::deliver(const Packet& packet, std::uint32_t payload, std::int64_t time)
{
  const Flow& flow = flows_[packet.flow];
  delivered_ += payload;
  count(flow, packet.destination, payload, time);
  if (policy_.acknowledgement == Acknowledgement::Latency || !flow.spec.fence_notice) {
    acknowledge(packet.flow, time + path_latency(packet.destination, flow.spec.source));
    return;
  }
  at(time, packet.rank, [this, packet](std::int64_t now) {
    const std::uint32_t from = packet.destination;
    Packet back;
    back.flow = packet.flow;
    back.bytes = static_cast<std::uint32_t>(policy_.acknowledgement_size.count());
    back.destination = flows_[packet.flow].spec.source;
    back.lane = packet.lane;
    back.control = true;
    back.acknowledges = true;
    back.path = path(from, back.destination, back.lane, true);
    back.rank = {PacketClass, from, sent_[from]++};
    pass_control(network_.lane_out_ports[from * network_.lanes + back.lane], back, now);
  });
}

void ReferenceFabric::count(const Flow& flow, std::uint32_t endpoint, std::uint32_t bytes, std::int64_t time)
{
  if (flow.spec.inbox == NoIndex)
    return;
  Inbox& inbox = inboxes_[flow.spec.inbox + endpoint];
  inbox.last = std::max(inbox.last, time);
  inbox.remaining -= bytes;
  if (inbox.remaining == 0)
    notices_[inbox.notice] = inbox.last + inbox.delay;
}

void ReferenceFabric::acknowledge(std::size_t index, std::int64_t time)
{
  Flow& flow = flows_[index];
  flow.fence = std::max(flow.fence, time);
  --flow.in_flight;
  if (flow.in_flight == 0 && flow.all_sent && flow.spec.fence_notice)
    notices_[*flow.spec.fence_notice] = flow.fence;
}

}  // namespace cm::tests
