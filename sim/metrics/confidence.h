// Confidence in a mean of few values.
#pragma once

#include <span>

namespace cm::sim::metrics {

// Requires values: none have no mean.
double mean(std::span<const double> values);

// Half the width of the two-sided 95 % interval of the mean, Student's t. Requires at least two values.
double half_width_95(std::span<const double> values);

}  // namespace cm::sim::metrics
