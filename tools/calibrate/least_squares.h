// Bounded nonlinear least squares for functions that are expensive and smooth: the sum of the squared residuals is
// brought to a minimum by Gauss-Newton steps. Each takes the residuals' slopes by finite differences and leaves the
// bounded linear problem to NLopt (SLSQP).
#pragma once

#include <functional>
#include <vector>

namespace cm::tools {

using Vector = std::vector<double>;

struct LeastSquaresProblem {
  Vector minimum;
  Vector maximum;
  Vector start;
  Vector step;  // of the finite differences, above zero
  // The residuals at each of the points: several points at once, so that they can be run side by side. Empty: they
  // cannot be had, and the fit ends where it is.
  std::function<std::vector<Vector>(const std::vector<Vector>& points)> residuals;
};

struct LeastSquaresResult {
  Vector point;
  Vector uncertainty;         // standard deviation of each coordinate, from the slopes at the point
  std::vector<bool> is_seen;  // whether any residual depends on the coordinate
  double sum = 0;             // of the squared residuals
  int steps = 0;
  Vector residuals{};         // at the point; empty when there are none
  bool is_cut_short = false;  // residuals could not be had: the point is the best so far, its uncertainty may be empty
};

// Residuals are in standard deviations. Where they are larger than that on average, the uncertainty grows with them.
// A coordinate that no residual depends on has an infinite uncertainty.
LeastSquaresResult least_squares(const LeastSquaresProblem& problem);

}  // namespace cm::tools
