#include "sim/fabric/packet_events.h"

#include <catch2/catch.hpp>

using namespace cm::sim::fabric;

TEST_CASE("a word keeps its kind beside sixty bits of anything")
{
  for (auto kind = EventKind::Packet; kind <= EventKind::Owner;
       kind = static_cast<EventKind>(static_cast<unsigned>(kind) + 1)) {
    const Event event{.word = event_word(kind, PathMask)};
    CHECK(kind_of(event) == kind);
    CHECK((event.word & PathMask) == PathMask);
  }
}

TEST_CASE("a packet walks along its path port by port and keeps its kind")
{
  constexpr PortIndex Last = (1U << PortBits) - 1;
  Event event{.word = event_word(EventKind::Control, path_of(5, Last, 7))};
  CHECK((event.word & PortMask) == 5);
  shift_path(event);
  CHECK((event.word & PortMask) == Last);
  shift_path(event);
  CHECK((event.word & PortMask) == 7);
  shift_path(event);
  CHECK((event.word & PortMask) == NoPort);
  CHECK(kind_of(event) == EventKind::Control);
}
