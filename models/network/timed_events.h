// Events of a scenario: what happens to parts of the machine while a workload runs. Parts have the names that reports
// print (topology/fabrics/parts.h); times are counted from the start of the run.
#pragma once

#include "sim/config/reader.h"
#include "sim/fabric/flow.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cm::topology {
struct SupernodeSpec;
}

namespace cm::models {

// A type of event is a row: a scenario takes its name, explanations its sentence. To add one that changes ports: a
// PortChange that the fabric executes (sim/fabric/timed_change.h), and its row in timed_events.cpp.
struct EventKind {
  std::string_view name;
  std::string_view sentence;
  sim::fabric::PortChange change;
  // Reads the keys that only this kind has.
  void (*read)(sim::config::Reader& event, sim::fabric::TimedChange& change);
};

std::span<const EventKind> event_kinds();

struct MachineEvent {
  std::string part;
  std::string kind;
  sim::fabric::TimedChange change;

  friend bool operator==(const MachineEvent&, const MachineEvent&) = default;
};

// "sub_plane:3 down from 2 ms to 8 ms".
std::string to_text(const MachineEvent& event);

struct EventsSpec {
  std::vector<MachineEvent> events;
  sim::fabric::RetryPolicy recovery;  // of packets that are lost or received wrong

  // Policy of the fabric with these events.
  void install(sim::fabric::FabricPolicy& policy) const;

  friend bool operator==(const EventsSpec&, const EventsSpec&) = default;
};

// For the answer: each event, and what was assumed of the recovery.
std::vector<std::string> notes_on(const EventsSpec& spec);

// `events`: the list of a scenario; `recovery`: its section, or null. Complete only when the log has no problems.
EventsSpec read_events(const sim::config::Value& events, const sim::config::Value* recovery,
                       const topology::SupernodeSpec& machine, sim::config::ReadingLog& log);

}  // namespace cm::models
