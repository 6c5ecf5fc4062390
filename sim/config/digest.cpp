// Two 64-bit lanes over the same bytes, unlike in how they mix (FNV-1a, and SplitMix64's finaliser applied per byte),
// so that a collision of one tells nothing of the other.
#include "sim/config/digest.h"

#include "sim/units/bit_mix.h"

#include <fmt/format.h>

namespace cm::sim::config {

void Digest::add(std::string_view piece)
{
  // Copies that the compiler keeps in registers: a trace has gigabytes.
  std::uint64_t first = first_;
  std::uint64_t second = second_;
  for (const char letter : piece) {
    const std::uint64_t byte = static_cast<unsigned char>(letter);
    first = (first ^ byte) * 0x100000001b3ULL;
    second = mix_bits(second + byte + GoldenGamma);
  }
  first_ = first;
  second_ = second;
  size_ += piece.size();
}

std::string Digest::text() const
{
  return fmt::format("{:016x}{:016x}", mix_bits(first_ ^ size_), second_);
}

std::string digest(std::string_view text)
{
  Digest whole;
  whole.add(text);
  return whole.text();
}

}  // namespace cm::sim::config
