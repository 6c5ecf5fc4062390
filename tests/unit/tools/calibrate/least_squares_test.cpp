#include "tools/calibrate/least_squares.h"

#include <catch2/catch.hpp>

#include <cmath>

using cm::tools::LeastSquaresProblem;
using cm::tools::Vector;

namespace {

// `function` gives the residuals of one point.
template <typename Function>
LeastSquaresProblem problem(const Vector& start, Function function)
{
  const std::size_t count = start.size();
  return {.minimum = Vector(count, -10),
          .maximum = Vector(count, 10),
          .start = start,
          .step = Vector(count, 0.1),
          .residuals = [function](const std::vector<Vector>& points) {
            std::vector<Vector> values;
            for (const Vector& point : points)
              values.push_back(function(point));
            return values;
          }};
}

}  // namespace

TEST_CASE("a linear fit is exact and knows how sure it is")
{
  // Two measurements of x, 1 and 3, each with standard deviation 1: the mean, with standard deviation 1 / sqrt 2.
  const auto fit = least_squares(problem({-7}, [](const Vector& x) { return Vector{x[0] - 1.5, x[0] - 2.5}; }));
  CHECK(fit.point[0] == Approx(2));
  CHECK(fit.uncertainty[0] == Approx(std::sqrt(0.5)));
  CHECK(fit.sum == Approx(0.5));
}

TEST_CASE("residuals beyond their deviation widen the uncertainty")
{
  const auto fit = least_squares(problem({0}, [](const Vector& x) { return Vector{x[0] - 1, x[0] - 5}; }));
  CHECK(fit.point[0] == Approx(3));
  CHECK(fit.uncertainty[0] == Approx(std::sqrt(0.5 * 8)));  // a sum of 8 for one degree of freedom
}

TEST_CASE("a curved problem is brought to its minimum from far away")
{
  // Rosenbrock's valley: the minimum is 0 at (1, 1).
  const auto fit =
      least_squares(problem({-1.2, 1}, [](const Vector& x) { return Vector{10 * (x[1] - x[0] * x[0]), 1 - x[0]}; }));
  CHECK(fit.sum < 1e-2);
  CHECK(fit.point[0] == Approx(1).margin(0.1));
  CHECK(fit.point[1] == Approx(1).margin(0.2));
}

TEST_CASE("bounds hold")
{
  const auto fit = least_squares(problem({0, 0}, [](const Vector& x) { return Vector{x[0] - 20, x[1] + x[0] - 9}; }));
  CHECK(fit.point[0] == Approx(10));
  CHECK(fit.point[1] == Approx(-1));
}

TEST_CASE("a coordinate that no residual depends on has no known uncertainty")
{
  const auto fit = least_squares(problem({0, 4}, [](const Vector& x) { return Vector{x[0] - 1, 2 * x[0] - 2}; }));
  CHECK(fit.point[0] == Approx(1));
  CHECK(fit.point[1] == Approx(4));
  CHECK(std::isinf(fit.uncertainty[1]));
  CHECK(fit.is_seen == std::vector<bool>{true, false});
}

TEST_CASE("a fit whose residuals cannot be had any more tells how far it has come")
{
  const auto curved = [](const Vector& x) { return Vector{std::exp(x[0] / 4) - 2}; };
  const auto whole = least_squares(problem({-7}, curved));
  CHECK_FALSE(whole.is_cut_short);
  REQUIRE(whole.steps > 2);
  for (int calls = 0; calls < 3; ++calls) {
    LeastSquaresProblem cut = problem({-7}, curved);
    cut.residuals = [calls, inner = cut.residuals, done = 0](const std::vector<Vector>& points) mutable {
      return done++ < calls ? inner(points) : std::vector<Vector>{};
    };
    const auto fit = least_squares(cut);
    CHECK(fit.is_cut_short);
    CHECK(fit.residuals.empty() == (calls == 0));
    if (calls > 0)
      CHECK(fit.sum == Approx(fit.residuals[0] * fit.residuals[0]));
  }
}
