// Events of the packet fabric on the calendar, and the path that a packet's event carries.
#pragma once

#include "sim/calendar/event.h"
#include "sim/fabric/network_spec.h"

#include <cstdint>

namespace cm::sim::fabric {

using calendar::Event;

enum class EventKind : std::uint8_t {
  Packet = 0,       // word: the ports still to visit, 20 bits each; subject: flow; extra: its time at every one of them
  Uneven = 1,       // as Packet, but ports differ in rate or latency; extra: its slowest serialisation so far
  ChooseSpine = 2,  // as Uneven, but the first port is the first of the spines' up ports
  Emission = 3,     // subject: flow
  Sink = 4,         // at the receiver's engine; word: lane and endpoint
  Control = 5,      // a packet of the control class; as Uneven, but extra: 0 payload, 1 acknowledgement
  AckStart = 6,     // an acknowledgement leaves its endpoint; word: endpoint; extra: lane
  Switched = 7,     // of the general way (switched/switched_way.h); word: packet, port or change; extra: step
  Unhindered = 8,   // as Uneven, but waits for nobody (Waiting)
  Notice = 9,       // for the owner of the calendar; word: the notice (60 bits)
  Owner = 10,       // first kind that the fabric does not know
};

constexpr std::uint64_t event_word(EventKind kind, std::uint64_t rest)
{
  return static_cast<std::uint64_t>(kind) << 60U | rest;
}

constexpr EventKind kind_of(const Event& event)
{
  return static_cast<EventKind>(event.word >> 60U);
}

// A path is the ports that a packet has still to visit, the next one lowest.
inline constexpr std::uint64_t PathMask = (1ULL << 60U) - 1;
inline constexpr std::uint64_t PortBits = 20;
inline constexpr std::uint64_t PortMask = (1ULL << PortBits) - 1;
inline constexpr std::uint64_t NoPort = 0;  // ends a path; our own port numbers are the network's plus one

constexpr std::uint64_t path_of(std::uint64_t first, std::uint64_t second, std::uint64_t third)
{
  return first | second << PortBits | third << (2 * PortBits);
}

// Drops the port that the packet is at.
inline void shift_path(Event& event)
{
  event.word = (event.word & ~PathMask) | (event.word & PathMask) >> PortBits;
}

}  // namespace cm::sim::fabric
