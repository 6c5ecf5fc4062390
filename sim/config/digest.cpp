// Two 64-bit lanes over the same bytes, unlike in how they mix (FNV-1a, and SplitMix64's finaliser applied per byte),
// so that a collision of one tells nothing of the other.
#include "sim/config/digest.h"

#include "sim/units/bit_mix.h"

#include <fmt/format.h>

#include <cstdint>

namespace cm::sim::config {
std::string digest(std::string_view text)
{
  std::uint64_t first = 0xcbf29ce484222325ULL;
  std::uint64_t second = 0x6a09e667f3bcc908ULL;
  for (const char letter : text) {
    const std::uint64_t byte = static_cast<unsigned char>(letter);
    first = (first ^ byte) * 0x100000001b3ULL;
    second = mix_bits(second + byte + GoldenGamma);
  }
  return fmt::format("{:016x}{:016x}", mix_bits(first ^ text.size()), second);
}

}  // namespace cm::sim::config
