// How sure a mean of few values is.
#pragma once

#include <span>

namespace cm::sim::metrics {

// Zero for no values.
double mean(std::span<const double> values);

// Half the width of the two-sided 95 % interval of the mean, Student's t; zero for fewer than two values.
double half_width_95(std::span<const double> values);

}  // namespace cm::sim::metrics
