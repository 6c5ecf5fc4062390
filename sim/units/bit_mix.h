// The finaliser of SplitMix64: neighbouring numbers end far apart. For seeds, digests and hashes that must be equal on
// every platform; it stands with the numbers because every folder of the kernel may include these.
#pragma once

#include <cstdint>

namespace cm {

inline constexpr std::uint64_t GoldenGamma = 0x9e3779b97f4a7c15ULL;

constexpr std::uint64_t mix_bits(std::uint64_t value)
{
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31U);
}

// The same where 0 must not stay 0.
constexpr std::uint64_t mix_index(std::uint64_t value)
{
  return mix_bits(value + GoldenGamma);
}

}  // namespace cm
