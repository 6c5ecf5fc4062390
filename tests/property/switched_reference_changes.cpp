// Timed changes of the switched reference's ports.

#include "tests/property/reference_rules.h"
#include "tests/property/switched_reference.h"

#include <algorithm>
#include <utility>

namespace cm::tests {

using namespace sim::fabric;

namespace {

// Steps of changes of equal time, in their order.
constexpr std::uint64_t Begins = 0;
constexpr std::uint64_t Goes = 1;

bool is_detected(const TimedChange& change)
{
  return change.change == PortChange::Down && (!change.until || change.at + change.detected < *change.until);
}

}  // namespace

void SwitchedReference::plan_change(std::size_t index)
{
  const TimedChange& change = policy_.changes[index];
  at(change.at.count(), {ChangeClass, Begins}, [this, index](std::int64_t now) { begin_change(index, now); });
  if (is_detected(change))
    at((change.at + change.detected).count(), {ChangeClass, Goes},
       [this, index](std::int64_t now) { detect(index, now); });
  if (change.until)
    at(change.until->count(), {ChangeClass, Goes}, [this, index](std::int64_t now) { end_change(index, now); });
}

void SwitchedReference::begin_change(std::size_t index, std::int64_t now)
{
  active_[index] = true;
  for (const std::uint32_t number : policy_.changes[index].ports) {
    apply_changes(number);
    if (policy_.changes[index].change == PortChange::Down) {
      ++ports_[number].downs;
      ++ports_[number].failures;
    }
    serve(number, now);
  }
}

void SwitchedReference::end_change(std::size_t index, std::int64_t now)
{
  const TimedChange& change = policy_.changes[index];
  active_[index] = false;
  for (const std::uint32_t number : change.ports) {
    apply_changes(number);
    if (change.change == PortChange::Down) {
      --ports_[number].downs;
      ports_[number].known_downs -= is_detected(change) ? 1U : 0U;
      graph_.set_usable(number, ports_[number].known_downs == 0);
    }
    serve(number, now);
  }
}

// Routes avoid the ports from now on; packets that wait there start anew from where they are.
void SwitchedReference::detect(std::size_t index, std::int64_t now)
{
  const std::vector<PortIndex>& numbers = policy_.changes[index].ports;
  std::vector<Packet> waiting;
  for (const std::uint32_t number : numbers) {
    graph_.set_usable(number, false);
    ++ports_[number].known_downs;
    for (auto& queue : ports_[number].queues) {
      waiting.insert(waiting.end(), queue.begin(), queue.end());
      queue.clear();
    }
  }
  for (const Packet& packet : waiting) {
    if (packet.came_by != NoPortIndex) {
      go_on(packet, now);
      continue;
    }
    const std::vector<std::uint32_t> ports = graph_.candidates({.vertex = packet.source}, packet.destination);
    if (ports.empty())
      lose(packet, now);
    else
      join(ports[nth_choice(packet.number, network_.lanes, ports.size())], packet, now);
  }
  for (const std::uint32_t number : numbers)
    for (const std::size_t flow : std::exchange(ports_[number].waiting_flows, {}))
      emit_at(now, flow);
}

// Rate, latency and bit errors of a port under all the changes that hold now.
void SwitchedReference::apply_changes(std::uint32_t number)
{
  double factor = 1;
  std::int64_t latency = to_picoseconds(network_.ports[number].latency).count();
  double right = 1;
  for (std::size_t index = 0; index < policy_.changes.size(); ++index) {
    const TimedChange& change = policy_.changes[index];
    if (!active_[index] || std::ranges::find(change.ports, number) == change.ports.end())
      continue;
    if (change.change == PortChange::Rate)
      factor *= change.value;
    if (change.change == PortChange::Latency)
      latency += to_picoseconds(Seconds(change.value)).count();
    if (change.change == PortChange::BitErrors)
      right *= 1 - change.value;
  }
  Port& port = ports_[number];
  port.ps_per_byte = per_byte(network_.ports[number].rate) / factor;
  port.latency = latency;
  port.error_rate = 1 - right;
}

}  // namespace cm::tests
