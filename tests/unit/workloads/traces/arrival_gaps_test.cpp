#include "workloads/traces/arrival_gaps.h"

#include <catch2/catch.hpp>

#include <cmath>

using namespace cm;
using namespace cm::workloads;

namespace {

struct Moments {
  double mean = 0;
  double variation = 0;
};

template <typename Draw>
Moments moments(const Draw& draw)
{
  constexpr int Count = 100'000;
  sim::RandomStream random(1, "gaps");
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < Count; ++i) {
    const double gap = draw(random);
    sum += gap;
    squares += gap * gap;
  }
  const double mean = sum / Count;
  return {mean, std::sqrt(squares / Count - mean * mean) / mean};
}

}  // namespace

TEST_CASE("an exponential gap is the logarithm of one draw")
{
  sim::RandomStream random(3, "gaps");
  sim::RandomStream same(3, "gaps");
  CHECK(exponential_gap(random) == -std::log(1.0 - same.uniform()));
}

TEST_CASE("a Weibull gap of shape 1 is exponential, and one of shape 1/2 goes with the square")
{
  const auto drawn = [](double shape) {
    sim::RandomStream random(3, "gaps");
    return weibull_gap(shape, random);
  };
  sim::RandomStream random(3, "gaps");
  const double exponential = exponential_gap(random);
  CHECK(drawn(1) == Approx(exponential).epsilon(1e-12));
  // The mean of a squared exponential is 2.
  CHECK(drawn(0.5) == Approx(exponential * exponential / 2).epsilon(1e-12));
}

TEST_CASE("gaps have a mean of 1 and the variation of their shape")
{
  const Moments calm = moments([](sim::RandomStream& random) { return gamma_gap(4, random); });
  CHECK(calm.mean == Approx(1).epsilon(0.01));
  CHECK(calm.variation == Approx(0.5).epsilon(0.01));
  const Moments bursty = moments([](sim::RandomStream& random) { return gamma_gap(0.25, random); });
  CHECK(bursty.mean == Approx(1).epsilon(0.03));
  CHECK(bursty.variation == Approx(2).epsilon(0.03));
  const Moments weibull = moments([](sim::RandomStream& random) { return weibull_gap(0.5, random); });
  CHECK(weibull.mean == Approx(1).epsilon(0.03));
  CHECK(weibull.variation == Approx(std::sqrt(5)).epsilon(0.05));
}
