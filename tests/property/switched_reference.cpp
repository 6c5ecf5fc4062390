#include "tests/property/switched_reference.h"

#include "sim/units/bit_mix.h"
#include "tests/property/reference_rules.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <tuple>
#include <utility>

namespace cm::tests {

using namespace sim::fabric;

bool SwitchedReference::Later::operator()(const Event& a, const Event& b) const
{
  return std::tie(a.time, a.rank, a.sequence) > std::tie(b.time, b.rank, b.sequence);
}

SwitchedReference::SwitchedReference(NetworkSpec network, FabricPolicy policy)
    : network_(std::move(network)), policy_(std::move(policy)), graph_(network_, !policy_.changes.empty()),
      active_(policy_.changes.size())
{
  if (policy_.waiting != Waiting::AtEveryPort) {
    policy_.flow_control = FlowControl::None;
    if (policy_.spine_choice == SpineChoice::LeastQueue)
      policy_.spine_choice = SpineChoice::Spray;
  }
  const std::uint32_t lanes = (classes() + 1) * graph_.levels();
  for (std::uint32_t number = 0; number < network_.ports.size(); ++number) {
    Port& port = ports_.emplace_back();
    port.buffer = static_cast<std::uint64_t>(network_.ports[number].buffer.count());
    port.queues.resize(lanes);
    port.credits.assign(lanes, port.buffer);
    port.tags.resize(classes());
    apply_changes(number);
  }
  for (std::uint32_t endpoint = 0; endpoint < network_.endpoints(); ++endpoint) {
    Sender& sender = senders_.emplace_back();
    sender.next_lane = static_cast<std::uint32_t>(mix_index(policy_.seed + endpoint) % network_.lanes);
    for (std::uint32_t lane = 0; lane < network_.lanes; ++lane)
      sender.turns.push_back(
          static_cast<std::uint32_t>(mix_index(~policy_.seed + endpoint * network_.lanes + lane) % graph_.ways()));
  }
  for (std::size_t change = 0; change < policy_.changes.size(); ++change)
    plan_change(change);
}

std::uint32_t SwitchedReference::add_engines(std::uint32_t count)
{
  engines_.resize(engines_.size() + count);
  return static_cast<std::uint32_t>(engines_.size() - count);
}

std::uint32_t SwitchedReference::add_inboxes(std::uint32_t count)
{
  inboxes_.resize(inboxes_.size() + count);
  return static_cast<std::uint32_t>(inboxes_.size() - count);
}

void SwitchedReference::expect(std::uint32_t inbox, std::uint64_t bytes, std::int64_t delay, std::uint64_t notice)
{
  inboxes_[inbox] = {bytes, delay, 0, notice};
}

void SwitchedReference::finish()
{
  while (!schedule_.events.empty()) {
    const Event event = schedule_.events.top();
    schedule_.events.pop();
    schedule_.is_before_looks = event.rank.front() < LookClass;
    event.act(event.time);
  }
  for (const Flow& flow : flows_)
    if (!flow.all_sent || flow.in_flight > 0)
      throw std::logic_error("a flow of endpoint " + std::to_string(flow.spec.source) + " has not ended");
  for (std::uint32_t number = 0; number < ports_.size(); ++number) {
    take_credits_back(number, std::numeric_limits<std::int64_t>::max());
    const Port& port = ports_[number];
    for (std::size_t lane = 0; lane < port.queues.size(); ++lane)
      if (!port.queues[lane].empty() || port.credits[lane] != port.buffer)
        throw std::logic_error("a port is left with packets, or without credits");
  }
}

void SwitchedReference::at(std::int64_t time, const Rank& rank, std::function<void(std::int64_t)> act)
{
  schedule_.events.push({time, rank, schedule_.sequence++, std::move(act)});
}

SwitchedReference::Rank SwitchedReference::rank_of(const Packet& packet)
{
  return {PacketClass, packet.source, packet.number};
}

bool SwitchedReference::same_group(std::uint32_t a, std::uint32_t b) const
{
  return network_.group_of[a] == network_.group_of[b];
}

std::uint32_t SwitchedReference::classes() const
{
  return static_cast<std::uint32_t>(policy_.classes.weights.size());
}

// The packet's head is at the far end of the port by which it came.
void SwitchedReference::arrive(Packet packet, std::int64_t now)
{
  if (ports_[packet.came_by].failures != packet.failures || packet.is_wrong)
    lose(packet, now);
  else if (graph_.ends(packet.came_by).to == packet.destination)
    reach_endpoint(packet, now);
  else
    go_on(packet, now);
}

// Chooses the next port at a switch, or at an endpoint that forwards.
void SwitchedReference::go_on(Packet packet, std::int64_t now)
{
  const Place place{graph_.ends(packet.came_by).to, graph_.ends(packet.came_by).stage};
  const std::vector<std::uint32_t> ports = graph_.candidates(place, packet.destination);
  if (ports.empty()) {
    lose(packet, now);
    return;
  }
  std::uint32_t port = 0;
  if (policy_.spine_choice == SpineChoice::LeastQueue) {
    port = shortest_queue(ports, now);
  } else {
    port = ports[nth_choice(packet.turn, packet.chosen_from, ports.size())];
    packet.chosen_from *= ports.size();
  }
  packet.level = packet.came_on % graph_.levels() + (graph_.raises_level(place, port) ? 1 : 0);
  if (packet.level >= graph_.levels())
    lose(packet, now);
  else
    join(port, packet, now);
}

std::uint32_t SwitchedReference::shortest_queue(const std::vector<std::uint32_t>& ports, std::int64_t now) const
{
  return *std::ranges::min_element(ports, {}, [&](std::uint32_t port) {
    return std::max<std::int64_t>(ports_[port].busy_until - now, 0) + waiting_work(port);
  });
}

// Its source learns of it after the timeout.
void SwitchedReference::lose(Packet packet, std::int64_t now)
{
  give_credit_back(packet, now);
  packet.holds_credit = false;
  at(std::max(now, packet.entered + policy_.retry.timeout.count()), rank_of(packet),
     [this, packet](std::int64_t time) { end_loss(packet, time); });
}

void SwitchedReference::end_loss(Packet packet, std::int64_t now)
{
  if (packet.tries < policy_.retry.resends) {
    ++packet.tries;
    enter(packet, now);
    return;
  }
  if (!packet.acknowledges) {
    const std::uint32_t payload = packet.bytes - static_cast<std::uint32_t>(policy_.frame_overhead.count());
    (flows_[packet.flow].spec.control ? lost_control_ : lost_) += payload;
    count(flows_[packet.flow], packet.destination, payload, now);
  }
  acknowledge(packet.flow, now);
}

// Goes through the engine for what arrives, if the flow names one, while the tail is still coming.
void SwitchedReference::reach_endpoint(const Packet& packet, std::int64_t now)
{
  const FlowSpec& spec = flows_[packet.flow].spec;
  const std::int64_t tail = now + (policy_.forwarding == Forwarding::CutThrough ? packet.lasts : 0);
  if (packet.acknowledges) {
    acknowledge(packet.flow, tail);
    return;
  }
  if (spec.sink_engine == NoIndex) {
    deliver(packet, tail);
    return;
  }
  const auto payload = packet.bytes - static_cast<std::uint32_t>(policy_.frame_overhead.count());
  std::int64_t& busy = engines_[spec.sink_engine + packet.destination];
  const double cost = same_group(spec.source, packet.destination) ? 1 : spec.engine.other_group_cost;
  busy = std::max(busy, now) + whole(static_cast<double>(payload) * per_byte(spec.sink_rate) * cost);
  deliver(packet, std::max(busy, tail));
}

void SwitchedReference::deliver(const Packet& packet, std::int64_t time)
{
  const Flow& flow = flows_[packet.flow];
  const auto payload = packet.bytes - static_cast<std::uint32_t>(policy_.frame_overhead.count());
  delivered_ += payload;
  count(flow, packet.destination, payload, time);
  if (policy_.acknowledgement == Acknowledgement::Packets && flow.spec.fence_notice)
    at(time, rank_of(packet), [this, packet](std::int64_t now) { send_acknowledgement(packet, now); });
  else
    acknowledge(packet.flow, time + graph_.latency(packet.destination, flow.spec.source));
}

// On the lane by which the data came.
void SwitchedReference::send_acknowledgement(const Packet& data, std::int64_t now)
{
  const auto first = network_.lane_in_ports.begin() + std::ptrdiff_t{data.destination} * network_.lanes;
  const auto lane = std::find(first, first + network_.lanes, data.came_by) - first;
  Packet back;
  back.flow = data.flow;
  back.bytes = static_cast<std::uint32_t>(policy_.acknowledgement_size.count());
  back.source = data.destination;
  back.destination = data.source;
  back.class_number = classes();
  back.acknowledges = true;
  back.lane = static_cast<std::uint32_t>(lane);
  enter_first(back, now);
}

void SwitchedReference::count(const Flow& flow, std::uint32_t endpoint, std::uint32_t bytes, std::int64_t time)
{
  if (flow.spec.inbox == NoIndex)
    return;
  Inbox& inbox = inboxes_[flow.spec.inbox + endpoint];
  inbox.last = std::max(inbox.last, time);
  inbox.remaining -= bytes;
  if (inbox.remaining == 0)
    notices_[inbox.notice] = inbox.last + inbox.delay;
}

void SwitchedReference::acknowledge(std::size_t index, std::int64_t time)
{
  Flow& flow = flows_[index];
  flow.fence = std::max(flow.fence, time);
  --flow.in_flight;
  if (flow.in_flight == 0 && flow.all_sent && flow.spec.fence_notice)
    notices_[*flow.spec.fence_notice] = flow.fence;
}

}  // namespace cm::tests
