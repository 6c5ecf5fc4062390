#include "sim/random/random_stream.h"

#include "sim/units/bit_mix.h"

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

}  // namespace

RandomStream::RandomStream(std::uint64_t seed, std::string_view purpose, std::uint64_t index)
    : engine_(mix_index(seed ^ mix_index(hash_of(purpose))), mix_index(hash_of(purpose) + mix_index(index)))
{
}

double RandomStream::normal()
{
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * std::numbers::pi * uniform());
}

}  // namespace cm::sim
