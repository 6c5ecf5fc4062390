// How packets enter the fabric of the switched reference, first and again.

#include "sim/fabric/routing_policies.h"
#include "sim/units/bit_mix.h"
#include "tests/property/reference_rules.h"
#include "tests/property/switched_reference.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace cm::tests {

using namespace sim::fabric;

namespace {

constexpr std::int64_t LaneHorizon = 1'000'000'000;  // ps

}  // namespace

// A flow starts as many lanes behind the one before as that has packets.
void SwitchedReference::start(const FlowSpec& spec, std::int64_t now)
{
  Sender& sender = senders_[spec.source];
  Flow& flow = flows_.emplace_back();
  flow.spec = spec;
  flow.issued = now;
  flow.fence = now;
  flow.lane = sender.next_lane;
  Flow ahead = flow;
  while (ahead.message < spec.messages.size()) {
    const NextPacket next = next_packet(ahead);
    if (next.destination != spec.source)
      sender.next_lane = (sender.next_lane + 1) % network_.lanes;
    advance(ahead, next, 0);
  }
  ++sender.flows;
  emit_at(now, flows_.size() - 1);
}

SwitchedReference::NextPacket SwitchedReference::next_packet(const Flow& flow) const
{
  const Message& message = flow.spec.messages[flow.message];
  const auto mtu = static_cast<std::uint32_t>(policy_.mtu.count());
  const std::uint64_t round = std::uint64_t{mtu} * network_.lanes;
  std::uint32_t most = mtu;
  if (message.bytes > round) {
    // Whole rounds of the lanes, in equal packets.
    const auto packets = static_cast<std::uint32_t>((message.bytes + round - 1) / round) * network_.lanes;
    most = (message.bytes + packets - 1) / packets;
  }
  const std::uint32_t bytes = std::min(most, message.bytes - flow.offset);
  return {bytes, message.destination, flow.offset + bytes == message.bytes};
}

// The spray goes on behind so many lanes after a message: messages of equal length then start on every lane in turn,
// unless their last packet is hardly shorter than the others.
std::uint32_t SwitchedReference::lanes_left_out(std::uint32_t message_bytes) const
{
  const auto mtu = static_cast<std::uint32_t>(policy_.mtu.count());
  const std::uint32_t packets = (message_bytes + mtu - 1) / mtu;
  if (packets < 2 || packets > network_.lanes || 6 * (packets * mtu - message_bytes) < message_bytes)
    return 0;
  std::uint32_t step = packets;
  while (std::gcd(step, network_.lanes) > 1)
    ++step;
  return step - packets;
}

std::uint32_t SwitchedReference::lane_of(const Flow& flow, std::uint32_t destination) const
{
  const std::uint64_t pair = std::uint64_t{flow.spec.source} << 32U | destination;
  switch (policy_.lane_choice) {
  case LaneChoice::Hash: return static_cast<std::uint32_t>(mix_index(pair) % network_.lanes);
  case LaneChoice::ByDestination: return destination % network_.lanes;
  case LaneChoice::ByMessage: return flow.spec.lanes.empty() ? flow.lane : flow.spec.lanes[flow.message];
  default: return flow.lane;
  }
}

void SwitchedReference::emit_at(std::int64_t time, std::size_t flow)
{
  at(time, {EmissionClass, flows_[flow].spec.source, 0}, [this, flow](std::int64_t now) { emit(flow, now); });
}

// One packet; the flow comes back when its engine is free again, behind others that wait for the same one.
void SwitchedReference::emit(std::size_t index, std::int64_t now)
{
  Flow& flow = flows_[index];
  const FlowSpec& spec = flow.spec;
  if (flow.message == spec.messages.size()) {
    end(flow);
    return;
  }
  const std::int64_t turn = senders_[spec.source].flows == 1 ? 0 : 1;
  const NextPacket next = next_packet(flow);
  std::int64_t sent = now;
  std::int64_t engine_free = now;
  if (next.destination == spec.source) {
    deliver_locally(flow, next.bytes, now);
  } else {
    const std::uint32_t lane = lane_of(flow, next.destination);
    const bool has_engine = spec.engine.engine != NoIndex;
    const std::size_t engine = has_engine ? spec.engine.engine + (spec.engine.per_lane ? lane : 0) : 0;
    const std::int64_t ready = std::max({now, flow.issued, has_engine ? engines_[engine] : now});
    if (ready > now) {
      emit_at(ready, index);
      return;
    }
    const Packet packet = new_packet(index, next, lane);
    const std::uint32_t port = first_port(packet);
    if (port != NoPortIndex && !has_room(port, packet)) {
      ports_[port].waiting_flows.push_back(index);
      return;
    }
    if (has_engine) {
      const double cost = same_group(spec.source, next.destination) ? 1 : spec.engine.other_group_cost;
      engines_[engine] =
          now + whole(static_cast<double>(next.bytes) * per_byte(spec.engine.rate) * cost) +
          (next.ends_message ? spec.pause.count() * (spec.engine.per_lane ? std::int64_t{network_.lanes} : 1) : 0);
      engine_free = spec.engine.per_lane ? now : engines_[engine];
    } else if (port != NoPortIndex) {
      sent = sent_at(port, now);
    }
    ++flow.in_flight;
    enter_first(packet, now);
  }
  advance(flow, next, sent);
  emit_at(flow.message == spec.messages.size() ? sent : std::max(sent, engine_free) + turn, index);
}

// Control packets never wait for room at their source.
bool SwitchedReference::has_room(std::uint32_t port, const Packet& packet) const
{
  if (policy_.flow_control != FlowControl::Credits || packet.class_number == classes())
    return true;
  std::uint64_t waiting = 0;
  for (const Packet& each : ports_[port].queues[virtual_lane(packet)])
    waiting += each.bytes;
  return waiting + packet.bytes <= ports_[port].buffer;
}

// Without an engine the lanes set the pace.
std::int64_t SwitchedReference::sent_at(std::uint32_t port, std::int64_t now) const
{
  return std::max(now, std::max(now, ports_[port].busy_until) + waiting_work(port) - LaneHorizon);
}

SwitchedReference::Packet SwitchedReference::new_packet(std::size_t flow, const NextPacket& next,
                                                        std::uint32_t lane) const
{
  const FlowSpec& spec = flows_[flow].spec;
  Packet packet;
  packet.flow = flow;
  packet.bytes = next.bytes + static_cast<std::uint32_t>(policy_.frame_overhead.count());
  packet.source = spec.source;
  packet.destination = next.destination;
  packet.number = senders_[spec.source].packets;
  packet.class_number = spec.control ? classes() : spec.traffic_class;
  packet.lane = lane;
  return packet;
}

// The lane's port if it leads to the destination, else one that does; NoPortIndex: none does.
std::uint32_t SwitchedReference::first_port(const Packet& packet)
{
  const std::vector<std::uint32_t> ports = graph_.candidates({.vertex = packet.source}, packet.destination);
  const std::uint32_t lane = (packet.lane + packet.tries) % network_.lanes;
  const std::uint32_t usual = network_.lane_out_ports[packet.source * network_.lanes + lane];
  if (ports.empty())
    return NoPortIndex;
  return std::ranges::find(ports, usual) != ports.end()
             ? usual
             : ports[nth_choice(packet.number, network_.lanes, ports.size())];
}

// Choices that switches have among equal ports follow from this number.
std::uint32_t SwitchedReference::take_turn(const Packet& packet, std::uint32_t port)
{
  const bool is_clos = network_.graph.ends.empty();
  if (port == NoPortIndex || (is_clos && same_group(packet.source, packet.destination)))
    return 0;
  if (policy_.spine_choice == SpineChoice::Hash)
    return policy_of(SpineChoice::Hash).at_source(packet.source, packet.destination, graph_.ways());
  std::uint32_t taken = packet.lane;
  for (std::uint32_t lane = 0; lane < network_.lanes; ++lane)
    if (network_.lane_out_ports[packet.source * network_.lanes + lane] == port)
      taken = lane;
  return senders_[packet.source].turns[taken]++;
}

void SwitchedReference::enter_first(Packet packet, std::int64_t now)
{
  packet.number = senders_[packet.source].packets++;
  packet.first_turn = take_turn(packet, first_port(packet));
  enter(packet, now);
}

void SwitchedReference::enter(Packet packet, std::int64_t now)
{
  const std::uint32_t port = first_port(packet);
  packet.entered = now;
  packet.turn = packet.first_turn + packet.tries;
  packet.chosen_from = 1;
  packet.level = 0;
  packet.came_by = NoPortIndex;
  packet.lasts = 0;
  if (port == NoPortIndex)
    lose(packet, now);
  else
    join(port, packet, now);
}

void SwitchedReference::deliver_locally(Flow& flow, std::uint32_t bytes, std::int64_t now)
{
  const std::int64_t time =
      std::max(now, flow.issued) + whole(static_cast<double>(bytes) * per_byte(flow.spec.issue_rate));
  delivered_ += bytes;
  flow.fence = std::max(flow.fence, time);
  count(flow, flow.spec.source, bytes, time);
}

void SwitchedReference::advance(Flow& flow, const NextPacket& next, std::int64_t now)
{
  const std::int64_t step = whole(static_cast<double>(next.bytes) * per_byte(flow.spec.issue_rate));
  flow.issued = std::max(flow.issued, now - step * (flow.spec.issuers - 1)) + step;
  if (next.destination != flow.spec.source)
    flow.lane = (flow.lane + 1) % network_.lanes;
  flow.offset += next.bytes;
  if (next.ends_message) {
    if (next.destination != flow.spec.source)
      flow.lane = (flow.lane + lanes_left_out(flow.spec.messages[flow.message].bytes)) % network_.lanes;
    flow.offset = 0;
    ++flow.message;
  }
}

void SwitchedReference::end(Flow& flow)
{
  flow.all_sent = true;
  --senders_[flow.spec.source].flows;
  if (flow.in_flight == 0 && flow.spec.fence_notice)
    notices_[*flow.spec.fence_notice] = flow.fence;
}

}  // namespace cm::tests
