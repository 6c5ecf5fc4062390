#include "sim/units/quantity.h"
#include "sim/units/strong_id.h"

#include <catch2/catch.hpp>

#include <type_traits>

using namespace cm;

namespace {

template <typename A, typename B>
concept Addable = requires(A a, B b) { a + b; };

template <typename A, typename B>
concept Divisible = requires(A a, B b) { a / b; };

template <typename A, typename B>
concept Multipliable = requires(A a, B b) { a* b; };

template <typename A, typename B>
concept Comparable = requires(A a, B b) { a < b; };

static_assert(Addable<Bytes, Bytes>);
static_assert(!Addable<Bytes, Seconds>);
static_assert(!Addable<Bytes, int>);
static_assert(!Addable<Seconds, Picoseconds>);
static_assert(!Multipliable<Bytes, Bytes>);
static_assert(!Divisible<Seconds, Bytes>);
static_assert(!Divisible<Bytes, FlopsPerSecond>);
static_assert(!Comparable<Bytes, Seconds>);
static_assert(!std::is_convertible_v<double, Seconds>);
static_assert(!std::is_convertible_v<Seconds, double>);

static_assert(std::is_same_v<decltype(Bytes() / BytesPerSecond()), Seconds>);
static_assert(std::is_same_v<decltype(Bytes() / Seconds()), BytesPerSecond>);
static_assert(std::is_same_v<decltype(Flops() / FlopsPerSecond()), Seconds>);

using DieId = StrongId<struct DieTag>;
using Rank = StrongId<struct RankTag>;
static_assert(!std::is_convertible_v<DieId, Rank>);
static_assert(!Comparable<DieId, Rank>);

}  // namespace

TEST_CASE("quantities of one kind add subtract and scale")
{
  STATIC_REQUIRE(3_KiB + 1_KiB == 4_KiB);
  STATIC_REQUIRE(3_KiB - 1_KiB == 2048_B);
  STATIC_REQUIRE(3_KiB * 2 == 2 * 3_KiB);
  STATIC_REQUIRE(6_KiB / 2 == 3_KiB);
  STATIC_REQUIRE(-(1_B) == Bytes(-1));
  STATIC_REQUIRE(1_MiB < 1_GiB);

  Bytes total = 1_B;
  total += 5_B;
  total -= 2_B;
  CHECK(total == 4_B);
}

TEST_CASE("a size over a rate is a time")
{
  CHECK((Bytes(196'000'000'000) / 196_GBps).count() == Approx(1.0));
  CHECK((Bytes(7168) / 2_us).count() == Approx(3.584e9));
  CHECK((Flops(752e12) / FlopsPerSecond(376e12)).count() == Approx(2.0));
}

TEST_CASE("the ratio of two quantities is a number")
{
  CHECK(ratio(3_KiB, 2_KiB) == 1.5);
  CHECK(ratio(1.5_s, 0.5_s) == 3.0);
}

TEST_CASE("a duration becomes whole picoseconds by rounding to the nearest")
{
  CHECK(to_picoseconds(Seconds(1.4e-12)) == 1_ps);
  CHECK(to_picoseconds(Seconds(1.6e-12)) == 2_ps);
  CHECK(to_picoseconds(Seconds(-1.6e-12)) == Picoseconds(-2));
  CHECK(to_picoseconds(1.9_us) == 1'900'000_ps);
  CHECK(to_seconds(1'900'000_ps).count() == Approx(1.9e-6));
  CHECK(microseconds(1'900'000_ps) == Approx(1.9));
}

TEST_CASE("ids of one kind compare by index")
{
  CHECK(DieId(3) < DieId(4));
  CHECK(DieId(3) == DieId(3));
  CHECK(Rank().index() == 0);
}

TEST_CASE("a time that the clock of picoseconds does not hold is refused")
{
  CHECK(to_picoseconds(Seconds(9.2e6)).count() == 9'200'000'000'000'000'000);
  CHECK_THROWS_AS(to_picoseconds(Seconds(9.3e6)), std::overflow_error);
  CHECK_THROWS_AS(to_picoseconds(Seconds(-9.3e6)), std::overflow_error);
  CHECK_THROWS_AS(to_picoseconds(Seconds(std::nan(""))), std::overflow_error);
}
