#include "sim/metrics/better.h"

#include <catch2/catch.hpp>

using namespace cm::sim::metrics;

TEST_CASE("a time is better lower, a rate higher, and of a count nobody knows")
{
  CHECK(better_by_unit("ms") == Better::Lower);
  CHECK(better_by_unit("us") == Better::Lower);
  CHECK(better_by_unit("GB/s") == Better::Higher);
  CHECK(better_by_unit("1/s") == Better::Higher);
  CHECK(better_by_unit("count") == Better::Neither);
  CHECK(better_by_unit("") == Better::Neither);
}

TEST_CASE("the words for directions read back")
{
  for (const Better each : {Better::Lower, Better::Higher, Better::Neither})
    CHECK(parse_better(to_text(each)) == each);
  CHECK_FALSE(parse_better("upwards"));
}
