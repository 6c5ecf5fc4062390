// How packets enter the reference fabric.

#include "sim/units/bit_mix.h"
#include "tests/property/reference_fabric.h"
#include "tests/property/reference_rules.h"

#include <algorithm>
#include <numeric>

namespace cm::tests {

using namespace sim::fabric;

namespace {

constexpr std::int64_t MostAhead = 1'000'000;        // ps
constexpr std::int64_t LaneHorizon = 1'000'000'000;  // ps

std::uint32_t hash_of(std::uint64_t a, std::uint64_t b, std::uint32_t buckets)
{
  return static_cast<std::uint32_t>(mix_index(a << 32U | b) % buckets);
}

}  // namespace

ReferenceFabric::NextPacket ReferenceFabric::next_packet(const Flow& flow) const
{
  const Message& message = flow.spec.messages[flow.message];
  const auto mtu = static_cast<std::uint32_t>(policy_.mtu.count());
  std::uint32_t most = mtu;
  if (message.bytes > std::uint64_t{mtu} * network_.lanes) {
    // Whole rounds of the lanes, in equal packets.
    const auto rounds = static_cast<std::uint32_t>((message.bytes + std::uint64_t{mtu} * network_.lanes - 1) /
                                                   (std::uint64_t{mtu} * network_.lanes));
    most = (message.bytes + rounds * network_.lanes - 1) / (rounds * network_.lanes);
  }
  const std::uint32_t bytes = std::min(most, message.bytes - flow.offset);
  return {bytes, message.destination, flow.offset + bytes == message.bytes};
}

// After messages of equal length the next ones start on every lane in turn.
std::uint32_t ReferenceFabric::lanes_left_out(std::uint32_t message_bytes) const
{
  const auto mtu = static_cast<std::uint32_t>(policy_.mtu.count());
  const std::uint32_t packets = (message_bytes + mtu - 1) / mtu;
  std::uint32_t left_out = 0;
  const bool matters = (packets * mtu - message_bytes) * 6 >= message_bytes;
  while (matters && packets > 1 && packets <= network_.lanes && std::gcd(packets + left_out, network_.lanes) != 1)
    ++left_out;
  return left_out;
}

std::uint32_t ReferenceFabric::lane_of(const Flow& flow, std::uint32_t destination) const
{
  switch (policy_.lane_choice) {
  case LaneChoice::Hash: return hash_of(flow.spec.source, destination, network_.lanes);
  case LaneChoice::ByDestination: return destination % network_.lanes;
  case LaneChoice::ByMessage: return flow.spec.lanes.empty() ? flow.lane : flow.spec.lanes[flow.message];
  default: return flow.lane;
  }
}

// Ports behind the source's lane.
std::vector<std::uint32_t> ReferenceFabric::path(std::uint32_t from, std::uint32_t to, std::uint32_t lane, bool advance)
{
  const std::uint32_t last = network_.lane_in_ports[to * network_.lanes + lane];
  if (same_group(from, to))
    return {last};
  std::uint32_t& pointer = next_spine_[from * network_.lanes + lane];
  std::uint32_t spine = pointer;
  if (policy_.spine_choice == SpineChoice::Hash)
    spine = hash_of(to, from, network_.spines);
  else if (advance)
    pointer = (pointer + 1) % network_.spines;
  const auto switch_port = [&](const std::vector<std::uint32_t>& stage, std::uint32_t endpoint) {
    return stage[(network_.group_of[endpoint] * network_.lanes + lane) * network_.spines + spine];
  };
  return {switch_port(network_.up_ports, from), switch_port(network_.down_ports, to), last};
}

void ReferenceFabric::emit_at(std::int64_t time, std::size_t flow)
{
  at(time, {EmissionClass, flows_[flow].spec.source, 0}, [this, flow](std::int64_t now) {
    if (flows_[flow].lays_out)
      lay_out(flow, now);
    else
      emit(flow, now);
  });
}

// A flow alone at its endpoint sends up to 16 packets at one go, each when engine and cores have it ready; several take
// turns, and each comes back when the engine is free again.
void ReferenceFabric::emit(std::size_t index, std::int64_t start)
{
  Flow& flow = flows_[index];
  const FlowSpec& spec = flow.spec;
  const bool alone = sending_[spec.source] == 1;
  std::int64_t now = start;
  std::int64_t next = start;
  for (int sent = 0; sent < (alone ? 16 : 1) && now - start <= MostAhead; ++sent) {
    if (flow.message == spec.messages.size()) {
      end(flow);
      return;
    }
    const NextPacket packet = next_packet(flow);
    if (packet.destination == spec.source) {
      deliver_locally(flow, packet.bytes, now);
      advance(flow, packet, now);
      continue;
    }
    const std::uint32_t lane = lane_of(flow, packet.destination);
    const bool has_engine = spec.engine.engine != NoIndex;
    const std::size_t engine = has_engine ? spec.engine.engine + (spec.engine.per_lane ? lane : 0) : 0;
    const std::int64_t ready = std::max({now, flow.issued, has_engine ? engines_[engine] : now});
    if (ready > now && sent == 0) {
      emit_at(ready, index);
      return;
    }
    now = ready;
    const std::uint32_t lane_out = network_.lane_out_ports[spec.source * network_.lanes + lane];
    const auto wire = packet.bytes + static_cast<std::uint32_t>(policy_.frame_overhead.count());
    next = now;
    if (has_engine) {
      const double cost = same_group(spec.source, packet.destination) ? 1 : spec.engine.other_group_cost;
      engines_[engine] =
          now + whole(static_cast<double>(packet.bytes) * per_byte(spec.engine.rate) * cost) +
          (packet.ends_message ? spec.pause.count() * (spec.engine.per_lane ? std::int64_t{network_.lanes} : 1) : 0);
      next = spec.engine.per_lane ? now : engines_[engine];
    }
    const std::int64_t sent_at = now;
    enter(index, packet, lane, now);
    if (!has_engine && !spec.control)
      now = std::max(now, ports_[lane_out].busy_until - serialisation(lane_out, wire) - LaneHorizon);
    advance(flow, packet, now);
    next = std::max(next, sent_at);
  }
  emit_at(flow.message == spec.messages.size() ? now : std::max(now, next) + (alone ? 0 : 1), index);
}

// The same for flows whose lanes and spines are sprayed and that have one engine.
void ReferenceFabric::lay_out(std::size_t index, std::int64_t start)
{
  Flow& flow = flows_[index];
  const FlowSpec& spec = flow.spec;
  const bool alone = sending_[spec.source] == 1;
  std::int64_t& engine = engines_[spec.engine.engine];
  if (engine > start && !spec.messages.empty()) {
    emit_at(engine, index);
    return;
  }
  std::int64_t now = start;
  for (int sent = 0; sent < (alone ? 16 : 1) && now - start <= MostAhead && flow.message < spec.messages.size();
       ++sent) {
    const NextPacket packet = next_packet(flow);
    if (packet.destination == spec.source) {
      deliver_locally(flow, packet.bytes, now);
    } else {
      const std::int64_t ready = std::max({now, flow.issued, engine});
      now = ready;
      const double cost = same_group(spec.source, packet.destination) ? 1 : spec.engine.other_group_cost;
      engine = now + whole(static_cast<double>(packet.bytes) * per_byte(spec.engine.rate) * cost) +
               (packet.ends_message ? spec.pause.count() : 0);
      enter(index, packet, flow.lane, now);
    }
    advance(flow, packet, now);
  }
  if (flow.message == spec.messages.size())
    end(flow);
  else
    emit_at(std::max({now, flow.issued, engine}) + (alone ? 0 : 1), index);
}

// Onto the source's lane.
void ReferenceFabric::enter(std::size_t index, const NextPacket& next, std::uint32_t lane, std::int64_t now)
{
  Flow& flow = flows_[index];
  const std::uint32_t source = flow.spec.source;
  ++flow.in_flight;
  Packet packet;
  packet.flow = index;
  packet.bytes = next.bytes + static_cast<std::uint32_t>(policy_.frame_overhead.count());
  packet.destination = next.destination;
  packet.lane = lane;
  packet.path = path(source, next.destination, lane, true);
  packet.rank = {PacketClass, source, sent_[source]++};
  packet.control = flow.spec.control;
  packet.chooses_spine = packet.path.size() == 3 && policy_.spine_choice == SpineChoice::LeastQueue;
  const std::uint32_t lane_out = network_.lane_out_ports[source * network_.lanes + lane];
  if (packet.control)
    pass_control(lane_out, packet, now);
  else
    pass(lane_out, packet, now);
}

void ReferenceFabric::deliver_locally(Flow& flow, std::uint32_t bytes, std::int64_t now)
{
  const std::int64_t time =
      std::max(now, flow.issued) + whole(static_cast<double>(bytes) * per_byte(flow.spec.issue_rate));
  delivered_ += bytes;
  flow.fence = std::max(flow.fence, time);
  count(flow, flow.spec.source, bytes, time);
}

void ReferenceFabric::advance(Flow& flow, const NextPacket& next, std::int64_t now)
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

void ReferenceFabric::end(Flow& flow)
{
  flow.all_sent = true;
  --sending_[flow.spec.source];
  if (flow.in_flight == 0 && flow.spec.fence_notice)
    notices_[*flow.spec.fence_notice] = flow.fence;
}

}  // namespace cm::tests
