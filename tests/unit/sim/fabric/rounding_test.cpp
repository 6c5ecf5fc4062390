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
