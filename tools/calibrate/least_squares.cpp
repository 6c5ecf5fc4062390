#include "tools/calibrate/least_squares.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <nlopt.h>
#include <numeric>
#include <optional>
#include <utility>

namespace cm::tools {
namespace {

using Matrix = std::vector<Vector>;  // [row][column]

constexpr int MostSteps = 12;
// A step that changes every coordinate by less than this share of its difference step is the last.
constexpr double Converged = 0.02;

double sum_of_squares(const Vector& residuals)
{
  return std::inner_product(residuals.begin(), residuals.end(), residuals.begin(), 0.0);
}

// Residuals near a point: value + slopes * (x - point).
struct LinearModel {
  Vector point;
  Vector value;
  Matrix slopes;  // [residual][coordinate]
};

// Empty when there are no residuals.
std::optional<LinearModel> linear_model(const LeastSquaresProblem& problem, const Vector& point)
{
  std::vector<Vector> points{point};
  for (std::size_t i = 0; i < point.size(); ++i) {
    points.push_back(point);
    // Towards the inside where the bound is near.
    points.back()[i] += point[i] + problem.step[i] <= problem.maximum[i] ? problem.step[i] : -problem.step[i];
  }
  const std::vector<Vector> values = problem.residuals(points);
  if (values.empty())
    return std::nullopt;
  LinearModel model{
      .point = point, .value = values.front(), .slopes = Matrix(values.front().size(), Vector(point.size()))};
  for (std::size_t i = 0; i < point.size(); ++i)
    for (std::size_t row = 0; row < model.value.size(); ++row)
      model.slopes[row][i] = (values[i + 1][row] - values.front()[row]) / (points[i + 1][i] - point[i]);
  return model;
}

// NLopt's view of the linear model: the sum of squares and its gradient, in coordinates scaled by the steps.
struct ScaledModel {
  const LinearModel& model;
  const Vector& step;
};

double linear_sum(unsigned count, const double* scaled, double* gradient, void* data)
{
  const auto& [model, step] = *static_cast<const ScaledModel*>(data);
  if (gradient != nullptr)
    std::fill_n(gradient, count, 0.0);
  double sum = 0;
  for (std::size_t row = 0; row < model.value.size(); ++row) {
    double residual = model.value[row];
    for (unsigned i = 0; i < count; ++i)
      residual += model.slopes[row][i] * (scaled[i] * step[i] - model.point[i]);
    sum += residual * residual;
    for (unsigned i = 0; gradient != nullptr && i < count; ++i)
      gradient[i] += 2 * residual * model.slopes[row][i] * step[i];
  }
  return sum;
}

Vector minimum_of(const LinearModel& model, const LeastSquaresProblem& problem)
{
  const std::size_t count = model.point.size();
  ScaledModel scaled{model, problem.step};
  Vector lower(count);
  Vector upper(count);
  Vector point(count);
  for (std::size_t i = 0; i < count; ++i) {
    lower[i] = problem.minimum[i] / problem.step[i];
    upper[i] = problem.maximum[i] / problem.step[i];
    point[i] = model.point[i] / problem.step[i];
  }
  const std::unique_ptr<nlopt_opt_s, decltype(&nlopt_destroy)> optimiser(
      nlopt_create(NLOPT_LD_SLSQP, static_cast<unsigned>(count)), &nlopt_destroy);
  nlopt_set_lower_bounds(optimiser.get(), lower.data());
  nlopt_set_upper_bounds(optimiser.get(), upper.data());
  nlopt_set_min_objective(optimiser.get(), &linear_sum, &scaled);
  nlopt_set_xtol_abs1(optimiser.get(), Converged * 1e-6);
  nlopt_set_maxeval(optimiser.get(), 10'000);
  double sum = 0;
  const nlopt_result status = nlopt_optimize(optimiser.get(), point.data(), &sum);
  // Rounding may stop it a hair from its goal; the point is good then.
  ensure(status > 0 || status == NLOPT_ROUNDOFF_LIMITED, "NLopt gives up with {}", nlopt_result_to_string(status));
  for (std::size_t i = 0; i < count; ++i)
    point[i] = std::clamp(point[i] * problem.step[i], problem.minimum[i], problem.maximum[i]);
  return point;
}

// Gauss-Jordan with pivots: a handful of parameters. (Boost.uBLAS 1.74 does not compile as C++20.) Empty when the
// matrix is singular.
Matrix inverse_of(Matrix matrix)
{
  const std::size_t count = matrix.size();
  Matrix inverse(count, Vector(count));
  for (std::size_t i = 0; i < count; ++i)
    inverse[i][i] = 1;
  for (std::size_t column = 0; column < count; ++column) {
    std::size_t pivot = column;
    for (std::size_t row = column; row < count; ++row)
      if (std::abs(matrix[row][column]) > std::abs(matrix[pivot][column]))
        pivot = row;
    if (matrix[pivot][column] == 0)
      return {};
    std::swap(matrix[column], matrix[pivot]);
    std::swap(inverse[column], inverse[pivot]);
    for (std::size_t row = 0; row < count; ++row) {
      if (row == column)
        continue;
      const double factor = matrix[row][column] / matrix[column][column];
      for (std::size_t i = 0; i < count; ++i) {
        matrix[row][i] -= factor * matrix[column][i];
        inverse[row][i] -= factor * inverse[column][i];
      }
    }
    const double diagonal = matrix[column][column];
    for (std::size_t i = 0; i < count; ++i) {
      matrix[column][i] /= diagonal;
      inverse[column][i] /= diagonal;
    }
  }
  return inverse;
}

Vector uncertainty_of(const LinearModel& model)
{
  const std::size_t count = model.point.size();
  Matrix information(count, Vector(count));
  for (const Vector& slopes : model.slopes)
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t j = 0; j < count; ++j)
        information[i][j] += slopes[i] * slopes[j];
  Vector uncertainty(count, std::numeric_limits<double>::infinity());
  const Matrix covariance = inverse_of(information);
  if (covariance.empty())
    return uncertainty;
  const double freedom = static_cast<double>(model.value.size()) - static_cast<double>(count);
  const double excess = freedom > 0 ? std::max(1.0, sum_of_squares(model.value) / freedom) : 1.0;
  for (std::size_t i = 0; i < count; ++i)
    uncertainty[i] = std::sqrt(excess * covariance[i][i]);
  return uncertainty;
}

std::vector<bool> seen_in(const LinearModel& model)
{
  std::vector<bool> is_seen(model.point.size());
  for (const Vector& slopes : model.slopes)
    for (std::size_t i = 0; i < slopes.size(); ++i)
      is_seen[i] = is_seen[i] || slopes[i] != 0;
  return is_seen;
}

bool is_small(const Vector& from, const Vector& to, const Vector& step)
{
  for (std::size_t i = 0; i < from.size(); ++i)
    if (std::abs(to[i] - from[i]) > Converged * step[i])
      return false;
  return true;
}

}  // namespace

LeastSquaresResult least_squares(const LeastSquaresProblem& problem)
{
  LeastSquaresResult result{.point = problem.start, .uncertainty = {}, .is_seen = {}};
  std::optional<LinearModel> first = linear_model(problem, problem.start);
  result.is_cut_short = !first.has_value();
  if (!first)
    return result;
  LinearModel model = *std::move(first);
  result.sum = sum_of_squares(model.value);
  while (result.steps < MostSteps) {
    Vector next = minimum_of(model, problem);
    if (is_small(result.point, next, problem.step))
      break;
    ++result.steps;
    std::optional<LinearModel> there = linear_model(problem, next);
    // The model was wrong that far away: half the way, until it is better than where we are.
    while (there && sum_of_squares(there->value) > result.sum && !is_small(result.point, next, problem.step)) {
      for (std::size_t i = 0; i < next.size(); ++i)
        next[i] = (next[i] + result.point[i]) / 2;
      there = linear_model(problem, next);
    }
    result.is_cut_short = !there.has_value();
    if (!there || sum_of_squares(there->value) > result.sum)
      break;
    result.point = next;
    result.sum = sum_of_squares(there->value);
    model = *std::move(there);
  }
  result.uncertainty = uncertainty_of(model);
  result.is_seen = seen_in(model);
  result.residuals = model.value;
  return result;
}

}  // namespace cm::tools
