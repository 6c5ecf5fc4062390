#include "models/network/timed_events.h"

#include "sim/config/suggestion.h"
#include "sim/units/parse_quantity.h"
#include "topology/supernode/supernode_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

namespace cm::models {

using sim::config::Reader;
using sim::config::Value;
using sim::fabric::PortChange;
using sim::fabric::TimedChange;

namespace {

constexpr double LongestRun = 1e6;  // seconds

// Recovery of a transport that nobody has described: as often as an InfiniBand queue pair tries by default, after about
// a hundred times the way there and back.
constexpr std::uint32_t UsualResends = 7;
constexpr Picoseconds UsualTimeout(200'000'000);

void read_down(Reader& event, TimedChange& change)
{
  Seconds detected(0);
  event.optional(
      {"detected", "how long after `at` routes learn of it; until then packets wait at dead ports", 0.0, LongestRun},
      detected);
  change.detected = to_picoseconds(detected);
}

void read_slower(Reader& event, TimedChange& change)
{
  change.value = 1;
  event.required_fraction({"rate", "share of its rate that a port keeps", 0.001, 1.0}, change.value);
}

void read_later(Reader& event, TimedChange& change)
{
  Seconds latency(0);
  event.required({"latency", "time that a link takes longer", 0.0, 1.0}, latency);
  change.value = latency.count();
}

void read_bit_errors(Reader& event, TimedChange& change)
{
  event.required({"bit_error_rate", "share of the bits that is received wrong", 0.0, 0.01}, change.value);
}

constexpr std::array Kinds = {
    EventKind{"down", "nothing passes: what is on the wire is lost, and routes avoid it once they know",
              PortChange::Down, read_down},
    EventKind{"slower", "ports send at a share of their rate", PortChange::Rate, read_slower},
    EventKind{"later", "links take longer", PortChange::Latency, read_later},
    EventKind{"bit-errors", "bits are received wrong, and packets sent again", PortChange::BitErrors, read_bit_errors},
};

// Ports of a part, or what is wrong with its name.
std::vector<sim::fabric::PortIndex> read_part(Reader& event, const topology::Parts& parts, std::string& part)
{
  event.required({"part", "part of the machine, by the name that reports print: sub_plane:3, l1:4.3, l2:3.7, die:17, "
                          "port:up node 4 sub-plane 3 l2 7"},
                 part);
  if (part.empty())
    return {};
  const auto ports = parts.ports_named(part);
  if (!ports) {
    const auto names = parts.names();
    const std::vector<std::string> known(names.begin(), names.end());
    event.complain("part", fmt::format("expected a part of the machine, found \"{}\"{}", part,
                                       sim::config::short_suggestion(part, known, "parts", "cmsim topology")));
    return {};
  }
  if (ports->empty())
    event.complain("part", fmt::format("{} has no ports that could change", part));
  return *ports;
}

MachineEvent read_event(Reader& event, const topology::Parts& parts)
{
  MachineEvent read;
  Seconds at(0);
  event.required({"at", "when it happens, from the start of the run", 0.0, LongestRun}, at);
  read.change.at = to_picoseconds(at);
  read.change.ports = read_part(event, parts, read.part);
  const EventKind* kind = nullptr;
  event.choice_of_row({"change", "event that happens to the part"}, kind, event_kinds(), true);
  if (event.has("until")) {
    Seconds until(0);
    event.optional({"until", "when all is as before", 0.0, LongestRun}, until);
    read.change.until = to_picoseconds(until);
    if (*read.change.until <= read.change.at)
      event.complain("until", fmt::format("expected a time after `at` ({}), found {}", to_text(at), to_text(until)));
  } else {
    Seconds never(0);
    event.optional({"until", "when all is as before; without it, never", 0.0, LongestRun}, never);
  }
  if (kind == nullptr)
    return read;
  read.kind = kind->name;
  read.change.change = kind->change;
  kind->read(event, read.change);
  event.finish();
  return read;
}

sim::fabric::RetryPolicy read_recovery(const Value* section, sim::config::ReadingLog& log)
{
  sim::fabric::RetryPolicy policy{.resends = UsualResends, .timeout = UsualTimeout};
  if (section == nullptr)
    return policy;
  Reader reader(*section, "recovery", log);
  reader.optional({"link_replay", "a port sends again what was received wrong; else such packets are lost"},
                  policy.replays_on_link);
  int resends = static_cast<int>(policy.resends);
  reader.optional({"resends", "how often a source sends a lost packet again", 0.0, 1000.0}, resends);
  policy.resends = static_cast<std::uint32_t>(resends);
  Seconds timeout(static_cast<double>(policy.timeout.count()) / 1e12);
  reader.optional({"timeout", "after how long a source sends a packet again that was lost", 0.0, 100.0}, timeout);
  policy.timeout = to_picoseconds(timeout);
  reader.finish();
  return policy;
}

std::string time_text(Picoseconds time)
{
  return to_text(Seconds(static_cast<double>(time.count()) / 1e12));
}

}  // namespace

std::span<const EventKind> event_kinds()
{
  return Kinds;
}

std::string to_text(const MachineEvent& event)
{
  std::string text = fmt::format("{} {} from {}", event.part, event.kind, time_text(event.change.at));
  if (event.change.until)
    text += fmt::format(" to {}", time_text(*event.change.until));
  return text;
}

std::vector<std::string> notes_on(const EventsSpec& spec)
{
  std::vector<std::string> notes;
  for (const MachineEvent& event : spec.events)
    notes.push_back(fmt::format("event: {} ({} ports)", to_text(event), event.change.ports.size()));
  if (!notes.empty())
    notes.push_back(
        fmt::format("recovery, assumed: {}; a source sends a lost packet again {} after it was sent, at most {} times",
                    spec.recovery.replays_on_link ? "links send again what was received wrong"
                                                  : "links lose what is received wrong",
                    time_text(spec.recovery.timeout), spec.recovery.resends));
  return notes;
}

void EventsSpec::install(sim::fabric::FabricPolicy& policy) const
{
  if (events.empty())
    return;
  policy.retry = recovery;
  for (const MachineEvent& event : events)
    policy.changes.push_back(event.change);
}

EventsSpec read_events(const Value& events, const Value* recovery, const topology::SupernodeSpec& machine,
                       sim::config::ReadingLog& log)
{
  EventsSpec spec;
  spec.recovery = read_recovery(recovery, log);
  if (events.kind == Value::Kind::Null)
    return spec;
  if (events.kind != Value::Kind::List) {
    add_problem(log, events.position, "events", fmt::format("expected a list of events, found {}", found_text(events)));
    return spec;
  }
  const topology::Parts parts = topology::parts_of(machine);
  for (std::size_t i = 0; i < events.items.size(); ++i) {
    Reader event(events.items[i], fmt::format("events[{}]", i), log);
    spec.events.push_back(read_event(event, parts));
  }
  return spec;
}

}  // namespace cm::models
