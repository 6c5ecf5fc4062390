#include "sim/units/bit_mix.h"

#include <catch2/catch.hpp>

#include <array>
#include <cstdint>

using namespace cm;

TEST_CASE("numbers are mixed as SplitMix64 mixes its states, on every platform")
{
  // Published first outputs of SplitMix64 from the seed 1234567.
  constexpr std::array<std::uint64_t, 5> Published{6457827717110365317ULL, 3203168211198807973ULL,
                                                   9817491932198370423ULL, 4593380528125082431ULL,
                                                   16408922859458223821ULL};
  std::uint64_t state = 1234567;
  for (const std::uint64_t output : Published) {
    CHECK(mix_index(state) == output);
    state += GoldenGamma;
    CHECK(mix_bits(state) == output);
  }
}

TEST_CASE("0 stays 0 only where it may")
{
  CHECK(mix_bits(0) == 0);
  CHECK(mix_index(0) == 0xe220a8397b1dcdafULL);
}
