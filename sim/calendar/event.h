// Event that the calendar holds.
#pragma once

#include <cstdint>

namespace cm::sim::calendar {

// 32 bytes, half a cache line. Events leave the calendar by (time, order, sequence of insertion); the meaning of the
// other fields is up to who handles the event.
struct Event {
  std::int64_t time = 0;   // picoseconds
  std::uint64_t word = 0;  // the top 4 bits are the event's kind
  std::uint32_t subject = 0;
  std::uint32_t bytes = 0;
  std::uint32_t extra = 0;
  std::uint32_t order = 0;  // among events of equal time, lowest first
};

}  // namespace cm::sim::calendar
