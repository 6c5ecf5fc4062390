#include "sim/random/random_stream.h"

#include <cmath>
#include <numbers>

namespace cm::sim {
namespace {

// FNV-1a: stable across platforms, good enough to tell names apart.
std::uint64_t hash_of(std::string_view text)
{
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char letter : text)
    hash = (hash ^ static_cast<unsigned char>(letter)) * 1099511628211ULL;
  return hash;
}

// The finaliser of SplitMix64: neighbouring seeds and indices end far apart.
std::uint64_t mixed(std::uint64_t value)
{
  value += 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31U);
}

}  // namespace

RandomStream::RandomStream(std::uint64_t seed, std::string_view purpose, std::uint64_t index)
    : engine_(mixed(seed ^ mixed(hash_of(purpose))), mixed(hash_of(purpose) + mixed(index)))
{
}

double RandomStream::normal()
{
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

}  // namespace cm::sim
