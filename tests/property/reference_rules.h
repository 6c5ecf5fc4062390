// Shared by the parts of the reference fabric.
#pragma once

#include "sim/units/quantity.h"

#include <cstdint>
#include <numeric>

namespace cm::tests {

// Classes of events of equal time, in their order.
inline constexpr std::uint64_t EmissionClass = 1;
inline constexpr std::uint64_t LookClass = 2;
inline constexpr std::uint64_t PacketClass = 3;

inline std::int64_t whole(double picoseconds)
{
  return static_cast<std::int64_t>(picoseconds + 0.5);
}

// Picoseconds; 0 for no rate at all.
inline double per_byte(BytesPerSecond rate)
{
  return rate.count() > 0 ? 1e12 / rate.count() : 0;
}

// A choice among `ways` that goes round with `number`, and so that with another one, which repeats after `period`
// numbers, all pairs occur equally often: where both are in step again it leaves one out.
inline std::size_t nth_choice(std::uint64_t number, std::uint64_t period, std::uint64_t ways)
{
  const std::uint64_t in_step_after = period / std::gcd(period, ways) * ways;
  const std::uint64_t left_out = number % (period * ways) / in_step_after;
  return (number % ways + left_out) % ways;
}

}  // namespace cm::tests
