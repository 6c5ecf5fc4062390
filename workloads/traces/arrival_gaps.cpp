#include "workloads/traces/arrival_gaps.h"

#include <cmath>

namespace cm::workloads {

double exponential_gap(sim::RandomStream& random)
{
  return -std::log(1.0 - random.uniform());
}

// Marsaglia and Tsang, A simple method for generating gamma variables, 2000.
double gamma_gap(double shape, sim::RandomStream& random)
{
  if (shape < 1) {
    // One step at most: a shape above 1 is drawn below.
    const double wider = gamma_gap(shape + 1, random);  // NOLINT(misc-no-recursion)
    return wider * (shape + 1) / shape * std::pow(1.0 - random.uniform(), 1.0 / shape);
  }
  const double d = shape - 1.0 / 3.0;
  const double c = 1.0 / std::sqrt(9.0 * d);
  for (;;) {
    const double x = random.normal();
    const double v = std::pow(1.0 + c * x, 3);
    if (v > 0 && std::log(1.0 - random.uniform()) < 0.5 * x * x + d - d * v + d * std::log(v))
      return d * v / shape;
  }
}

double weibull_gap(double shape, sim::RandomStream& random)
{
  return std::pow(exponential_gap(random), 1.0 / shape) / std::tgamma(1.0 + 1.0 / shape);
}

}  // namespace cm::workloads
