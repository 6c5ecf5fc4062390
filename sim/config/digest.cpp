// Two 64-bit lanes over the same bytes, unlike in how they mix (FNV-1a, and SplitMix64's finaliser applied per byte),
// so that a collision of one tells nothing of the other.
#include "sim/config/digest.h"

#include <fmt/format.h>

#include <cstdint>

namespace cm::sim::config {
namespace {

std::uint64_t mixed(std::uint64_t value)
{
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31U);
}

}  // namespace

std::string digest(std::string_view text)
{
  std::uint64_t first = 0xcbf29ce484222325ULL;
  std::uint64_t second = 0x6a09e667f3bcc908ULL;
  for (const char letter : text) {
    const std::uint64_t byte = static_cast<unsigned char>(letter);
    first = (first ^ byte) * 0x100000001b3ULL;
    second = mixed(second + byte + 0x9e3779b97f4a7c15ULL);
  }
  return fmt::format("{:016x}{:016x}", mixed(first ^ text.size()), second);
}

}  // namespace cm::sim::config
