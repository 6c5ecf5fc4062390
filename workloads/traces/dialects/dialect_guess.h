// Guesses at what the settings of a trace leave open, from the first lines of its file, and advice on lines that cannot
// be read.
#pragma once

#include "workloads/traces/dialects/dialect_table.h"

#include <cstdint>
#include <string>

namespace cm::workloads {

// No supernode receives more requests per second: a trace that says so has its times in another unit.
inline constexpr double MostRequestsPerSecond = 1000;

// Throws ConfigError when the file is none that a dialect reads, or spec.dialect does not fit it.
TraceReading reading_of(const RequestFileSpec& spec, const Beginning& beginning);

// "read as qwen-bailian, times in s, blocks of 16 tokens".
std::string reading_text(const TraceReading& reading);

// Times of the requests that were read.
struct ReadTimes {
  std::uint64_t requests = 0;
  Stamp first;
  Seconds span;  // from the first to the last
};

// Doubt about the unit of the times, as a sentence with the key that sets it: requests lie more than a minute apart on
// average, and a finer unit gives a usual rate. Empty where there is none, where the user or dates say the unit, and of
// fewer than 20 requests.
std::string unit_doubt(const RequestFileSpec& spec, const TraceReading& reading, const ReadTimes& times);

struct LineSurvey {
  std::size_t lines = 0;
  std::size_t unreadable = 0;
  std::size_t too_early = 0;  // before the line in front of them

  // So that leaving out what is wrong would leave out most.
  [[nodiscard]] bool is_hopeless() const { return 2 * unreadable > lines; }
};

// Counts over the first lines; all 0 for a file that is no text of lines.
LineSurvey survey(const TraceReading& reading, const Beginning& beginning);

// Advice on a line that cannot be read or stands in the wrong order: leave it out; or, where most are like it, the
// setting that reads them.
std::string advice(const RequestFileSpec& spec, const TraceReading& reading);

}  // namespace cm::workloads
