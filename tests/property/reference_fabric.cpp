#include "tests/property/reference_fabric.h"

#include "sim/units/bit_mix.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>
#include <utility>

namespace cm::tests {

using namespace sim::fabric;

namespace {

constexpr std::uint64_t EmissionClass = 1;
constexpr std::uint64_t LookClass = 2;
constexpr std::uint64_t PacketClass = 3;
constexpr std::int64_t MostAhead = 1'000'000;        // ps
constexpr std::int64_t LaneHorizon = 1'000'000'000;  // ps

std::int64_t whole(double picoseconds)
{
  return static_cast<std::int64_t>(picoseconds + 0.5);
}

double per_byte(BytesPerSecond rate)
{
  return rate.count() > 0 ? 1e12 / rate.count() : 0;
}

std::uint32_t hash_of(std::uint64_t a, std::uint64_t b, std::uint32_t buckets)
{
  return static_cast<std::uint32_t>(mix_index(a << 32U | b) % buckets);
}

}  // namespace

bool ReferenceFabric::Later::operator()(const Event& a, const Event& b) const
{
  return std::tie(a.time, a.rank, a.sequence) > std::tie(b.time, b.rank, b.sequence);
}

ReferenceFabric::ReferenceFabric(NetworkSpec network, FabricPolicy policy)
    : network_(std::move(network)), policy_(policy),
      credits_(policy.flow_control == FlowControl::Credits && policy.waiting == Waiting::AtEveryPort)
{
  for (const PortSpec& spec : network_.ports) {
    Port& port = ports_.emplace_back();
    port.ps_per_byte = per_byte(spec.rate);
    port.latency = to_picoseconds(spec.latency).count();
    port.buffer = static_cast<std::int32_t>(
        std::min<std::int64_t>(spec.buffer.count(), std::numeric_limits<std::int32_t>::max() / 2));
  }
  if (policy_.waiting != Waiting::AtEveryPort && policy_.spine_choice == SpineChoice::LeastQueue)
    policy_.spine_choice = SpineChoice::Spray;
  for (std::uint32_t e = 0; e < network_.endpoints(); ++e)
    next_lane_.push_back(static_cast<std::uint32_t>(mix_index(policy_.seed + e) % network_.sub_planes));
  for (std::uint32_t i = 0; i < network_.endpoints() * network_.sub_planes; ++i)
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

// A flow starts on the lane on which the flow before it will have ended.
void ReferenceFabric::start(const FlowSpec& spec, std::int64_t now)
{
  Flow& flow = flows_.emplace_back();
  flow.spec = spec;
  flow.issued = now;
  flow.fence = now;
  flow.lane = next_lane_[spec.source];
  flow.lays_out = policy_.forwarding == Forwarding::CutThrough && policy_.lane_choice == LaneChoice::Spray &&
                  policy_.spine_choice == SpineChoice::Spray && !spec.control && !spec.engine.per_lane &&
                  spec.engine.engine != NoIndex && is_uniform(spec.source);
  Flow ahead = flow;
  while (ahead.message < spec.messages.size()) {
    const NextPacket next = next_packet(ahead);
    if (next.destination != spec.source)
      next_lane_[spec.source] = (next_lane_[spec.source] + 1) % network_.sub_planes;
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
  return static_cast<std::uint64_t>(credits_ ? port.peak : static_cast<double>(port.peak_backlog) / port.ps_per_byte);
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
  for (std::uint32_t lane = 0; lane < network_.sub_planes; ++lane) {
    const std::uint32_t place = endpoint * network_.sub_planes + lane;
    if (!is_alike(network_.lane_in_ports[place]) ||
        ports_[network_.lane_out_ports[place]].ps_per_byte != common.ps_per_byte)
      return false;
  }
  return std::ranges::all_of(network_.up_ports, is_alike) && std::ranges::all_of(network_.down_ports, is_alike);
}

ReferenceFabric::NextPacket ReferenceFabric::next_packet(const Flow& flow) const
{
  const Message& message = flow.spec.messages[flow.message];
  const auto mtu = static_cast<std::uint32_t>(policy_.mtu.count());
  std::uint32_t most = mtu;
  if (message.bytes > std::uint64_t{mtu} * network_.sub_planes) {
    // Whole rounds of the lanes, in equal packets.
    const auto rounds = static_cast<std::uint32_t>((message.bytes + std::uint64_t{mtu} * network_.sub_planes - 1) /
                                                   (std::uint64_t{mtu} * network_.sub_planes));
    most = (message.bytes + rounds * network_.sub_planes - 1) / (rounds * network_.sub_planes);
  }
  const std::uint32_t bytes = std::min(most, message.bytes - flow.offset);
  return {bytes, message.destination, flow.offset + bytes == message.bytes};
}

std::uint32_t ReferenceFabric::lane_of(const Flow& flow, std::uint32_t destination) const
{
  switch (policy_.lane_choice) {
  case LaneChoice::Hash: return hash_of(flow.spec.source, destination, network_.sub_planes);
  case LaneChoice::ByDestination: return destination % network_.sub_planes;
  case LaneChoice::ByMessage: return flow.spec.lanes.empty() ? flow.lane : flow.spec.lanes[flow.message];
  default: return flow.lane;
  }
}

// Ports behind the source's lane.
std::vector<std::uint32_t> ReferenceFabric::path(std::uint32_t from, std::uint32_t to, std::uint32_t lane, bool advance)
{
  const std::uint32_t last = network_.lane_in_ports[to * network_.sub_planes + lane];
  if (same_group(from, to))
    return {last};
  std::uint32_t& pointer = next_spine_[from * network_.sub_planes + lane];
  std::uint32_t spine = pointer;
  if (policy_.spine_choice == SpineChoice::Hash)
    spine = hash_of(to, from, network_.spines);
  else if (advance)
    pointer = (pointer + 1) % network_.spines;
  const auto switch_port = [&](const std::vector<std::uint32_t>& stage, std::uint32_t endpoint) {
    return stage[(network_.group_of[endpoint] * network_.sub_planes + lane) * network_.spines + spine];
  };
  return {switch_port(network_.up_ports, from), switch_port(network_.down_ports, to), last};
}

void ReferenceFabric::emit_at(std::int64_t time, std::size_t flow)
{
  at(time, {EmissionClass, flows_[flow].spec.source, 0}, [this, flow](std::int64_t now) {
    if (!flows_[flow].lays_out || !lay_out(flow, now))
      emit(flow, now);
  });
}

// A flow alone at its endpoint sends up to 16 packets at one go, each when engine and cores have it ready; several take
// turns, and each comes back when the engine is free again. With credits only lay_out() sends more than one.
void ReferenceFabric::emit(std::size_t index, std::int64_t start)
{
  Flow& flow = flows_[index];
  const FlowSpec& spec = flow.spec;
  const bool alone = sending_[spec.source] == 1;
  std::int64_t now = start;
  std::int64_t next = start;
  for (int sent = 0; sent < (credits_ || !alone ? 1 : 16) && now - start <= MostAhead; ++sent) {
    if (flow.message == spec.messages.size()) {
      end(flow, now);
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
    const std::uint32_t lane_out = network_.lane_out_ports[spec.source * network_.sub_planes + lane];
    const auto wire = packet.bytes + static_cast<std::uint32_t>(policy_.frame_overhead.count());
    if (credits_ && !spec.control && !promise(lane_out, wire, now, true)) {
      ports_[lane_out].waiting_flows.push_back(index);
      tell_when_room(lane_out, start);
      return;
    }
    next = now;
    if (has_engine) {
      const double cost = same_group(spec.source, packet.destination) ? 1 : spec.engine.other_group_cost;
      engines_[engine] =
          now + whole(static_cast<double>(packet.bytes) * per_byte(spec.engine.rate) * cost) +
          (packet.ends_message ? spec.pause.count() * (spec.engine.per_lane ? std::int64_t{network_.sub_planes} : 1)
                               : 0);
      next = spec.engine.per_lane ? now : engines_[engine];
    }
    const std::int64_t sent_at = now;
    enter(index, packet, lane, now, false);
    if (!has_engine && !credits_ && !spec.control)
      now = std::max(now, ports_[lane_out].busy_until - serialisation(lane_out, wire) - LaneHorizon);
    advance(flow, packet, now);
    next = std::max(next, sent_at);
  }
  emit_at(flow.message == spec.messages.size() ? now : std::max(now, next) + (alone ? 0 : 1), index);
}

// The same for flows whose lanes and spines are sprayed and that have one engine. With credits room at the port behind
// the lane is asked for when the first packet leaves; false: that one has to wait.
bool ReferenceFabric::lay_out(std::size_t index, std::int64_t start)
{
  Flow& flow = flows_[index];
  const FlowSpec& spec = flow.spec;
  const bool alone = sending_[spec.source] == 1;
  std::int64_t& engine = engines_[spec.engine.engine];
  if (engine > start) {
    emit_at(engine, index);
    return true;
  }
  std::int64_t now = start;
  for (int sent = 0; sent < (alone ? 16 : 1) && now - start <= MostAhead && flow.message < spec.messages.size();
       ++sent) {
    const NextPacket packet = next_packet(flow);
    if (packet.destination == spec.source) {
      deliver_locally(flow, packet.bytes, now);
    } else {
      const std::int64_t ready = std::max({now, flow.issued, engine});
      if (credits_) {
        const std::uint32_t lane_out = network_.lane_out_ports[spec.source * network_.sub_planes + flow.lane];
        const auto wire = packet.bytes + static_cast<std::uint32_t>(policy_.frame_overhead.count());
        const std::int32_t then = taken(lane_out, ready) + static_cast<std::int32_t>(wire);
        if (!ports_[lane_out].queue.empty() || then > ports_[lane_out].buffer ||
            !promise(path(spec.source, packet.destination, flow.lane, false).front(), wire, start, false)) {
          if (sent == 0)
            return false;
          break;
        }
        ports_[lane_out].peak = std::max(ports_[lane_out].peak, then);
      }
      now = ready;
      const double cost = same_group(spec.source, packet.destination) ? 1 : spec.engine.other_group_cost;
      engine = now + whole(static_cast<double>(packet.bytes) * per_byte(spec.engine.rate) * cost) +
               (packet.ends_message ? spec.pause.count() : 0);
      enter(index, packet, flow.lane, now, true);
    }
    advance(flow, packet, now);
  }
  if (flow.message == spec.messages.size())
    end(flow, start);
  else
    emit_at(std::max({now, flow.issued, engine}) + (alone ? 0 : 1), index);
  return true;
}

// Onto the source's lane.
void ReferenceFabric::enter(std::size_t index, const NextPacket& next, std::uint32_t lane, std::int64_t now,
                            bool has_room_ahead)
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
  const std::uint32_t lane_out = network_.lane_out_ports[source * network_.sub_planes + lane];
  if (packet.control)
    pass_control(lane_out, packet, now);
  else if (credits_ && !has_room_ahead)
    come(lane_out, packet, now);
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
    flow.lane = (flow.lane + 1) % network_.sub_planes;
  flow.offset += next.bytes;
  if (next.ends_message) {
    flow.offset = 0;
    ++flow.message;
  }
}

void ReferenceFabric::end(Flow& flow, std::int64_t now)
{
  flow.fence = std::max(flow.fence, now);
  flow.all_sent = true;
  --sending_[flow.spec.source];
  if (flow.in_flight == 0 && flow.spec.fence_notice)
    notices_[*flow.spec.fence_notice] = flow.fence;
}

// The packet's head is at a port that `number` names; with credits the port had promised it room.
void ReferenceFabric::come(std::uint32_t number, Packet packet, std::int64_t now)
{
  if (packet.control) {
    pass_control(number, std::move(packet), now);
    return;
  }
  if (!credits_) {
    if (packet.chooses_spine) {
      choose_spine(packet, now);
      number = packet.path.front();
    }
    packet.path.erase(packet.path.begin());
    pass(number, std::move(packet), now);
    return;
  }
  Port& port = ports_[number];
  packet.came = now;
  port.coming -= static_cast<std::int32_t>(packet.bytes);
  if (!packet.path.empty() && packet.path.front() == number)
    packet.path.erase(packet.path.begin());
  if (port.queue.empty() && send(number, packet, now)) {
    tell_when_room(number, now);
    return;
  }
  port.held += static_cast<std::int32_t>(packet.bytes);
  port.queue.push_back(std::move(packet));
  if (port.queue.size() == 1)
    wait(number, now);
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
void ReferenceFabric::choose_spine(Packet& packet, std::int64_t now) const
{
  const auto first_of = [&](std::uint32_t endpoint) {
    return (network_.group_of[endpoint] * network_.sub_planes + packet.lane) * network_.spines;
  };
  const std::uint32_t up = first_of(flows_[packet.flow].spec.source);
  const auto backlog = [&](std::uint32_t spine) {
    const std::uint32_t port = network_.up_ports[up + spine];
    return credits_ ? taken(port, now) : ports_[port].busy_until;
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
    pass_control(network_.lane_out_ports[from * network_.sub_planes + back.lane], back, now);
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

// Bytes of a port's buffer that are occupied or promised; what is being sent frees its room as it goes.
std::int32_t ReferenceFabric::taken(std::uint32_t number, std::int64_t now) const
{
  const Port& port = ports_[number];
  const std::int64_t backlog = port.busy_until - now;
  const auto rate = static_cast<float>(1 / port.ps_per_byte);
  return port.coming + port.held +
         (backlog > 0 ? static_cast<std::int32_t>(static_cast<float>(backlog) * rate + 0.5F) : 0);
}

// Room is promised in advance only up to half of the buffer, the rest to packets that can leave at once.
bool ReferenceFabric::promise(std::uint32_t number, std::uint32_t bytes, std::int64_t now, bool all_of_it)
{
  Port& port = ports_[number];
  const std::int32_t then = taken(number, now) + static_cast<std::int32_t>(bytes);
  if (then > (all_of_it ? port.buffer : port.buffer / 2))
    return false;
  port.coming += static_cast<std::int32_t>(bytes);
  port.peak = std::max(port.peak, then);
  return true;
}

// The packet in front of a port's queue leaves if the next port has room.
bool ReferenceFabric::send(std::uint32_t number, Packet& packet, std::int64_t now)
{
  if (packet.chooses_spine)
    choose_spine(packet, now);
  Port& port = ports_[number];
  if (!packet.path.empty() && !promise(packet.path.front(), packet.bytes, now, port.busy_until <= now))
    return false;
  const std::int64_t lasts = serialisation(number, packet.bytes);
  const std::int64_t late =
      policy_.forwarding == Forwarding::CutThrough ? std::max<std::int64_t>(0, packet.lasts - lasts) : 0;
  const std::int64_t begin = std::max({now, packet.came + late, port.busy_until});
  port.busy_until = begin + lasts;
  leave(number, packet, begin, lasts);
  return true;
}

void ReferenceFabric::send_queue(std::uint32_t number, std::int64_t now)
{
  Port& port = ports_[number];
  while (!port.queue.empty()) {
    if (!send(number, port.queue.front(), now)) {
      wait(number, now);
      break;
    }
    port.held -= static_cast<std::int32_t>(port.queue.front().bytes);
    port.queue.pop_front();
  }
  tell_when_room(number, now);
}

// Looks again when the port is free; if it is, joins those who wait for room at the next one.
void ReferenceFabric::wait(std::uint32_t number, std::int64_t now)
{
  Port& port = ports_[number];
  if (port.busy_until > now) {
    if (!std::exchange(port.looks_later, true))
      at(port.busy_until, {LookClass, number, 0}, [this, number](std::int64_t time) {
        ports_[number].looks_later = false;
        if (!ports_[number].blocked)
          send_queue(number, time);
      });
    return;
  }
  port.blocked = true;
  const std::uint32_t ahead = port.queue.front().path.front();
  ports_[ahead].waiting_ports.push_back(number);
  tell_when_room(ahead, now);
}

void ReferenceFabric::tell_when_room(std::uint32_t number, std::int64_t now)
{
  Port& port = ports_[number];
  std::int32_t wanted = 0;
  if (!port.waiting_ports.empty()) {
    wanted = static_cast<std::int32_t>(ports_[port.waiting_ports.front()].queue.front().bytes);
  } else if (!port.waiting_flows.empty()) {
    wanted = std::numeric_limits<std::int32_t>::max();
    for (const std::size_t flow : port.waiting_flows)
      wanted = std::min(wanted, static_cast<std::int32_t>(next_packet(flows_[flow]).bytes +
                                                          static_cast<std::uint32_t>(policy_.frame_overhead.count())));
  }
  if (wanted == 0 || port.tells_later || port.coming + port.held + wanted > port.buffer)
    return;
  const std::int32_t excess = std::max(0, taken(number, now) + wanted - port.buffer);
  port.tells_later = true;
  at(now + static_cast<std::int64_t>(std::ceil(excess * port.ps_per_byte)), {LookClass, number, 0},
     [this, number](std::int64_t time) {
       ports_[number].tells_later = false;
       wake(number, time);
     });
}

// First come first served, as far as there is room; all flows look again.
void ReferenceFabric::wake(std::uint32_t number, std::int64_t now)
{
  Port& port = ports_[number];
  while (!port.waiting_ports.empty()) {
    const std::uint32_t waiting = port.waiting_ports.front();
    if (taken(number, now) + static_cast<std::int32_t>(ports_[waiting].queue.front().bytes) > port.buffer)
      break;
    port.waiting_ports.pop_front();
    ports_[waiting].blocked = false;
    send_queue(waiting, now);
  }
  for (const std::size_t flow : std::exchange(port.waiting_flows, {}))
    emit_at(now, flow);
  tell_when_room(number, now);
}

}  // namespace cm::tests
