// Which of several ways a packet takes at each switch that lets it choose: by one number, which its source counts up.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace cm::sim::fabric {

// Packets with numbers in a row differ in each choice, and go through all combinations of choices before they repeat
// one. Digits of the number would do the latter alone: the second choice would change only when the first had gone
// through all its ways, so that a short message stayed on one of them.
struct Turn {
  std::uint32_t number = 0;
  std::uint64_t combinations = 1;  // of the choices so far

  // One of `ways`, which are at least one.
  std::uint32_t take(std::uint32_t ways)
  {
    if (ways == 1)
      return 0;
    const std::uint64_t all = combinations * ways;
    const std::uint64_t place = number % all;
    // The choices before and this one are in step again after so many packets: this one then runs one ahead.
    const std::uint64_t cycle = std::lcm(combinations, std::uint64_t{ways});
    combinations = std::min(all, MostCombinations);
    return static_cast<std::uint32_t>((place + place / cycle) % ways);
  }

 private:
  static constexpr std::uint64_t MostCombinations = std::uint64_t{1} << 32U;  // as many as there are numbers
};

}  // namespace cm::sim::fabric
