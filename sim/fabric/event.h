// Event that the calendar holds.
#pragma once

#include <cstdint>

namespace cm::sim::fabric {

// 32 bytes, half a cache line. What the fields after `time` mean is up to who handles the event.
struct Event {
  std::int64_t time = 0;   // picoseconds
  std::uint64_t word = 0;  // the top 4 bits are the event's kind
  std::uint32_t subject = 0;
  std::uint32_t bytes = 0;
  std::uint32_t extra = 0;
  std::uint32_t next = 0;  // a link for whoever holds the event in a list; the calendar uses it too
};

}  // namespace cm::sim::fabric
