// Shared by the parts of the reference fabric.
#pragma once

#include "sim/units/quantity.h"

#include <cstdint>

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

}  // namespace cm::tests
