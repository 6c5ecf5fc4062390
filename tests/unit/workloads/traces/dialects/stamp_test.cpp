#include "workloads/traces/dialects/stamp.h"

#include <catch2/catch.hpp>

#include <cstdint>
#include <limits>

using namespace cm;
using namespace cm::workloads;

TEST_CASE("stamps of dates in nanoseconds are apart by what they are apart")
{
  const auto first = stamp_of(std::int64_t{1'700'000'000'000'000'000}, TimeUnit::Nanoseconds);
  const auto second = stamp_of(std::int64_t{1'700'000'000'000'000'001}, TimeUnit::Epoch);
  REQUIRE((first && second));
  CHECK(since(*first, *second) == Seconds(1e-9));
  CHECK(since(*second, *first) == Seconds(-1e-9));
  CHECK(*first < *second);
}

TEST_CASE("counts and fractions give the same stamp in every unit")
{
  const Stamp expected{1, 250'000'000'000};
  CHECK(stamp_of(1.25, TimeUnit::Seconds) == expected);
  CHECK(stamp_of(1250.0, TimeUnit::Milliseconds) == expected);
  CHECK(stamp_of(std::int64_t{1250}, TimeUnit::Milliseconds) == expected);
  CHECK(stamp_of(std::int64_t{1'250'000}, TimeUnit::Microseconds) == expected);
  CHECK(stamp_of(0.9999999999999999, TimeUnit::Seconds) == Stamp{1, 0});
}

TEST_CASE("no stamp is made of what no date is")
{
  constexpr double Infinite = std::numeric_limits<double>::infinity();
  for (const double bad : {-1.0, 1e11, Infinite, -Infinite, std::numeric_limits<double>::quiet_NaN()})
    CHECK_FALSE(stamp_of(bad, TimeUnit::Seconds));
  CHECK_FALSE(stamp_of(std::numeric_limits<std::int64_t>::max(), TimeUnit::Seconds));
  CHECK_FALSE(stamp_of(std::numeric_limits<std::int64_t>::min(), TimeUnit::Nanoseconds));
  CHECK_FALSE(stamp_of(std::int64_t{5}, TimeUnit::Epoch));
  CHECK_FALSE(stamp_of(std::int64_t{5}, TimeUnit::Date));
  for (const char* bad : {"", "2023-13-01 00:00:00", "2023-02-30 00:00:00", "2023-01-01 24:00:00",
                          "2023-01-01 00:00:00.x", "2023-01-01 00:00:00+2", "2023-01-01 00:00:00."})
    CHECK_FALSE(stamp_of_date(bad));
}

TEST_CASE("dates have zones, fractions and either sign between day and hour")
{
  const auto plain = stamp_of_date("2024-05-12 00:00:00.001163");
  REQUIRE(plain);
  CHECK(plain->picoseconds == 1'163'000'000);
  CHECK(stamp_of_date("2024-05-12T02:00:00.001163+02:00") == plain);
  CHECK(stamp_of_date("2024-05-11 19:00:00.0011630000000000999-0500") == plain);
  CHECK(stamp_of_date("2024-05-12 00:00:00.001163Z") == plain);
  CHECK(stamp_of_date("1970-01-01 00:00:01") == Stamp{1, 0});
}
