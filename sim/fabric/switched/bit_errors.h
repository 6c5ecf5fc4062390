// Which packets a link with bit errors gets wrong: drawn from the packet and the port alone, so that the draws depend
// on no schedule.
#pragma once

#include "sim/fabric/network_spec.h"
#include "sim/units/bit_mix.h"

#include <cmath>
#include <cstdint>

namespace cm::sim::fabric {

// Probability that at least one bit of so many bytes is received wrong, each with probability `rate`, below 1.
inline double packet_error(double rate, std::uint32_t bytes)
{
  return -std::expm1(8.0 * bytes * std::log1p(-rate));
}

// A number from 0 up to 1 for one transmission: of the packet with this order of events, over this port (numbered as in
// its NetworkSpec), the source's `tries`-th, the port's `attempt`-th.
inline double error_draw(std::uint64_t seed, std::uint32_t order, PortIndex port, std::uint32_t tries,
                         std::uint32_t attempt)
{
  const std::uint64_t packet = mix_index(std::uint64_t{order} << 32U | port);
  const std::uint64_t drawn = mix_index(mix_index(packet + (std::uint64_t{tries} << 32U | attempt)) + seed);
  return static_cast<double>(drawn >> 11U) * 0x1p-53;
}

}  // namespace cm::sim::fabric
