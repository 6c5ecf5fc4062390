// Hash of two numbers, for choices that shall be the same for all packets of a pair of endpoints.
#pragma once

#include "sim/units/bit_mix.h"

#include <cstdint>

namespace cm::sim::fabric {

// One of `buckets`.
[[nodiscard]] inline std::uint32_t pair_hash(std::uint64_t a, std::uint64_t b, std::uint32_t buckets)
{
  return static_cast<std::uint32_t>(mix_index(a << 32U | b) % buckets);
}

}  // namespace cm::sim::fabric
