#include "sim/random/random_stream.h"

#include <catch2/catch.hpp>

#include <cmath>
#include <cstdint>
#include <vector>

using cm::sim::RandomStream;

TEST_CASE("equal names give equal draws")
{
  RandomStream a(42, "gate", 3);
  RandomStream b(42, "gate", 3);
  for (int i = 0; i < 1000; ++i)
    REQUIRE(a.bits() == b.bits());
}

TEST_CASE("another seed or purpose or index gives other draws")
{
  const std::uint64_t first = RandomStream(42, "gate", 3).bits();
  CHECK(RandomStream(43, "gate", 3).bits() != first);
  CHECK(RandomStream(42, "jitter", 3).bits() != first);
  CHECK(RandomStream(42, "gate", 4).bits() != first);
}

TEST_CASE("the first draws are the same on every machine")
{
  RandomStream stream(1, "arrivals");
  CHECK(stream.bits() == 9606475537325611238ULL);
  CHECK(stream.bits() == 10549376008910110732ULL);
}

TEST_CASE("streams of different purposes are not correlated")
{
  RandomStream a(7, "arrivals");
  RandomStream b(7, "expert choice");
  const int draws = 100'000;
  double sum = 0;
  for (int i = 0; i < draws; ++i)
    sum += (a.uniform() - 0.5) * (b.uniform() - 0.5);
  // Five standard deviations of the mean of the product.
  CHECK(std::abs(sum / draws) < 5.0 / 12.0 / std::sqrt(draws));
}

TEST_CASE("uniform draws fill the unit interval")
{
  RandomStream stream(7, "uniform");
  const int draws = 100'000;
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < draws; ++i) {
    const double value = stream.uniform();
    REQUIRE(value >= 0);
    REQUIRE(value < 1);
    sum += value;
    squares += value * value;
  }
  CHECK(sum / draws == Approx(0.5).margin(0.005));
  CHECK(squares / draws == Approx(1.0 / 3.0).margin(0.005));
}

TEST_CASE("draws below a bound hit every number equally")
{
  RandomStream stream(7, "below");
  std::vector<int> hits(9);
  const int draws = 90'000;
  for (int i = 0; i < draws; ++i)
    ++hits.at(stream.below(9));
  for (const int count : hits)
    CHECK(std::abs(count - draws / 9) < 500);
  CHECK(stream.below(1) == 0);
}

TEST_CASE("normal draws have mean zero and variance one")
{
  RandomStream stream(7, "normal");
  const int draws = 100'000;
  double sum = 0;
  double squares = 0;
  double fourth = 0;
  for (int i = 0; i < draws; ++i) {
    const double value = stream.normal();
    sum += value;
    squares += value * value;
    fourth += value * value * value * value;
  }
  CHECK(sum / draws == Approx(0).margin(0.02));
  CHECK(squares / draws == Approx(1).margin(0.03));
  CHECK(fourth / draws == Approx(3).margin(0.2));
}
