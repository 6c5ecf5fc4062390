// Named, seeded random streams. One stream per purpose ("gate", "operator jitter"), so that adding one shifts no other.
// Draws are fixed by this file alone (pcg64 and our own transformations), not by the standard library in use.
#pragma once

#include <pcg_random.hpp>

#include <cstdint>
#include <string_view>

namespace cm::sim {

class RandomStream {
 public:
  // Equal (seed, purpose, index) give equal draws. `index` separates members of a family: a rank, a layer.
  RandomStream(std::uint64_t seed, std::string_view purpose, std::uint64_t index = 0);

  std::uint64_t bits() { return engine_(); }

  // Uniform in [0, 1).
  double uniform() { return static_cast<double>(engine_() >> 11U) * 0x1.0p-53; }

  // Uniform in [0, bound), bound below 2^32. The bias is below bound / 2^64.
  std::uint32_t below(std::uint32_t bound)
  {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint32_t>((static_cast<Wide>(engine_()) * bound) >> 64U);
  }

  // Standard normal (Box-Muller, one of the pair).
  double normal();

 private:
  pcg64 engine_;
};

}  // namespace cm::sim
