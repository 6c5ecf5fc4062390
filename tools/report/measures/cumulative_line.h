// Line of a cumulative distribution, from the buckets of a histogram.
#pragma once

#include "tools/report/page.h"

#include <utility>
#include <vector>

namespace cm::tools {

struct CumulativeLine {
  std::vector<std::pair<double, double>> points;  // value and the share of the values up to it
  double left_of_axis = 0;                        // values below the first point
  double values = 0;
};

// Place where an axis begins that shows these buckets: at the smallest value, or behind the first hundredth of the
// values where these would take more than a factor of thirty of the axis.
double first_shown(const Json& buckets);

// Line from `begin` on, which is in the chart's unit as the points are: `factor` times what the buckets hold. It begins
// with the share of the values that lie left of it; of a long line only points are left out that nobody could see.
CumulativeLine cumulative_line(const Json& buckets, double factor, double begin);

}  // namespace cm::tools
