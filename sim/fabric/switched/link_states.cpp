#include "sim/fabric/switched/link_states.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>
#include <utility>

namespace cm::sim::fabric {
namespace {

void check(const TimedChange& change, std::size_t ports)
{
  ensure(change.at.count() >= 0 && change.detected.count() >= 0, "a change at {} ps", change.at.count());
  ensure(!change.until || *change.until > change.at, "a change that ends when it begins");
  for (const PortIndex port : change.ports)
    ensure(port + 1 < ports, "a change of port {} of {}", port, ports - 1);
  switch (change.change) {
  case PortChange::Down: break;
  case PortChange::Rate: ensure(change.value > 0, "a rate times {}", change.value); break;
  case PortChange::Latency: ensure(change.value >= 0, "a latency plus {} s", change.value); break;
  case PortChange::BitErrors:
    ensure(change.value >= 0 && change.value < 1, "a share of wrong bits of {}", change.value);
    break;
  }
}

}  // namespace

bool is_detected(const TimedChange& change)
{
  return change.change == PortChange::Down && (!change.until || change.at + change.detected < *change.until);
}

LinkStates::LinkStates(const Ports& ports, const std::vector<TimedChange>& changes)
    : changes_(changes), is_active_(changes.size())
{
  for (PortIndex number = 0; number < ports.size(); ++number) {
    const PortKind& kind = ports.kind(ports[number]);
    healthy_.push_back({.ps_per_byte = kind.ps_per_byte, .latency = kind.latency});
  }
  links_ = healthy_;
  for (TimedChange& change : changes_) {
    check(change, ports.size());
    for (PortIndex& port : change.ports)
      ++port;
  }
}

void LinkStates::begin(std::size_t change)
{
  is_active_[change] = true;
  for (const PortIndex port : changes_[change].ports) {
    if (changes_[change].change == PortChange::Down)
      ++links_[port].failures;
    put_together(port);
  }
}

void LinkStates::detect(std::size_t change)
{
  for (const PortIndex port : changes_[change].ports)
    ++links_[port].known;
}

void LinkStates::end(std::size_t change)
{
  is_active_[change] = false;
  for (const PortIndex port : changes_[change].ports) {
    if (is_detected(changes_[change]))
      --links_[port].known;
    put_together(port);
  }
}

// From the healthy port and all changes that it is under: what comes and goes leaves no rounding behind.
void LinkStates::put_together(PortIndex number)
{
  LinkState state = healthy_[number];
  double right = 1;
  double rate = 1;
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    const TimedChange& change = changes_[i];
    if (!is_active_[i] || std::ranges::find(change.ports, number) == change.ports.end())
      continue;
    switch (change.change) {
    case PortChange::Down: ++state.downs; break;
    case PortChange::Rate: rate *= change.value; break;
    case PortChange::Latency: state.latency += to_picoseconds(Seconds(change.value)).count(); break;
    case PortChange::BitErrors: right *= 1 - change.value; break;
    }
  }
  state.ps_per_byte = healthy_[number].ps_per_byte / rate;
  state.bit_errors = 1 - right;
  state.failures = links_[number].failures;
  state.known = links_[number].known;
  state.replays = links_[number].replays;
  state.delay_ps = links_[number].delay_ps;
  links_[number] = state;
}

}  // namespace cm::sim::fabric
