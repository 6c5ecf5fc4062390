// Picoseconds are rounded once, where a duration is computed.
#pragma once

#include <cstdint>

namespace cm::sim::fabric {

// Nearest whole number of picoseconds of a duration that is not negative.
inline std::int64_t rounded(double picoseconds)
{
  return static_cast<std::int64_t>(picoseconds + 0.5);
}

}  // namespace cm::sim::fabric
