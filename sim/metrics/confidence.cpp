#include "sim/metrics/confidence.h"

#include "sim/diagnostics/ensure.h"

#include <boost/math/distributions/students_t.hpp>

#include <cmath>
#include <numeric>

namespace cm::sim::metrics {

double mean(std::span<const double> values)
{
  ensure(!values.empty(), "the mean of no values was asked for");
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double half_width_95(std::span<const double> values)
{
  ensure(values.size() >= 2, "the interval of a mean of {} values was asked for", values.size());
  const double centre = mean(values);
  double squares = 0;
  for (const double value : values)
    squares += (value - centre) * (value - centre);
  const auto n = static_cast<double>(values.size());
  const boost::math::students_t distribution(n - 1);
  return boost::math::quantile(boost::math::complement(distribution, 0.025)) * std::sqrt(squares / (n - 1) / n);
}

}  // namespace cm::sim::metrics
