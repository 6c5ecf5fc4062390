#include "sim/fabric/pair_hash.h"
#include "sim/fabric/rounding.h"

#include <catch2/catch.hpp>

using namespace cm::sim::fabric;

TEST_CASE("picoseconds are rounded to the nearest, halves up")
{
  CHECK(rounded(0) == 0);
  CHECK(rounded(0.49) == 0);
  CHECK(rounded(0.5) == 1);
  CHECK(rounded(292'571.43) == 292'571);
  CHECK(rounded(1.5e15) == 1'500'000'000'000'000);
}

TEST_CASE("the hash of a pair is the same on every platform and knows its direction")
{
  CHECK(pair_hash(3, 9, 7) == 6);
  CHECK(pair_hash(9, 3, 7) == 4);
  CHECK(pair_hash(0, 0, 7) == 2);
  CHECK(pair_hash(1023, 5, 255) == 95);
  CHECK(pair_hash(1023, 5, 1) == 0);
}
