// Time stamps of traces: whole seconds and picoseconds, so that a date in nanoseconds loses nothing.
#pragma once

#include "sim/units/quantity.h"

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cm::workloads {

// `Epoch`: seconds, ms, us or ns since 1970, whichever gives a date of the years 2001 to 2096. `Date`: a date and a
// time of day as text, with or without a zone.
enum class TimeUnit : std::uint8_t { Seconds, Milliseconds, Microseconds, Nanoseconds, Epoch, Date };

// Seconds of a unit that counts; of Epoch and Date those of a millisecond, which delays beside them are given in.
double seconds_of(TimeUnit unit);
// As workload.trace_format writes it: "s", "ms", "us", "ns", "epoch", "date".
std::string_view unit_text(TimeUnit unit);

// Since 1970, in seconds, of the years 2001 to 2096: a stamp of so many units tells which unit it is.
inline constexpr double FirstDate = 1e9;
inline constexpr double LastDate = 4e9;
// Seconds, of a stamp in any unit: far behind every date.
inline constexpr double LatestStamp = 1e10;

struct Stamp {
  std::int64_t seconds = 0;
  std::int64_t picoseconds = 0;  // from 0 to below 10^12

  friend auto operator<=>(const Stamp&, const Stamp&) = default;
};

// Approximately, however far they are apart.
double seconds_between(Stamp from, Stamp to);
// Exactly, in whole picoseconds. Requires stamps less than 106 days apart.
Seconds since(Stamp from, Stamp to);

// Stamps from 0 to LatestStamp; empty for others, for a count in Date, and where Epoch gives no date.
std::optional<Stamp> stamp_of(std::int64_t count, TimeUnit unit);
std::optional<Stamp> stamp_of(double count, TimeUnit unit);
// "2023-11-16 18:15:46.6805900" or with a "T" between, with or without a zone ("Z", "+02:00"); empty for others.
std::optional<Stamp> stamp_of_date(std::string_view text);

}  // namespace cm::workloads
