#include "sim/diagnostics/errors.h"
#include "sim/metrics/confidence.h"

#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <vector>

using namespace cm;
using namespace cm::sim::metrics;

TEST_CASE("a mean of two values is as sure as Student's t of one degree of freedom")
{
  const std::array<double, 2> values{4, 6};
  CHECK(mean(values) == 5);
  // Deviation sqrt(2), over the root of 2 values: 1 times t(0.975, 1) = 12.7062047.
  CHECK(half_width_95(values) == Approx(12.7062047).epsilon(1e-8));
}

TEST_CASE("more values of one spread make the mean surer")
{
  // t(0.975, 2) = 4.30265273 over the root of 3; t(0.975, 8) = 2.30600414 and a deviation of sqrt(3/4) over 3.
  CHECK(half_width_95(std::array<double, 3>{1, 2, 3}) == Approx(4.30265273 / std::sqrt(3.0)).epsilon(1e-8));
  CHECK(half_width_95(std::array<double, 9>{1, 2, 3, 1, 2, 3, 1, 2, 3}) ==
        Approx(2.30600414 * std::sqrt(0.75) / 3).epsilon(1e-8));
}

TEST_CASE("equal values leave no doubt, and a far-off mean costs no digits")
{
  CHECK(half_width_95(std::vector<double>(5, 0.1)) == Approx(0).margin(1e-15));
  CHECK(half_width_95(std::array<double, 2>{1e9 + 4, 1e9 + 6}) == Approx(12.7062047).epsilon(1e-6));
}

TEST_CASE("no values have no mean and one has no interval")
{
  const std::vector<double> none;
  CHECK_THROWS_AS(mean(none), SimulationError);
  CHECK_THROWS_AS(half_width_95(std::array<double, 1>{3}), SimulationError);
}
