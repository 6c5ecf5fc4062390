// The charts of a sweep.
#pragma once

#include "tools/report/sweep/sweep_axes.h"

#include <string>
#include <vector>

namespace cm::tools {

// Points of one base, all done, and what varies among them (one axis or more).
struct BasePoints {
  std::string base;
  std::vector<PointData> points;
  std::vector<SweepAxis> axes;
  std::vector<std::string> metrics;  // to choose from; the first one is shown first
};

// A metric against the first axis, a line a value of the second one; the reader chooses metric and further axes.
Chart line_chart(const BasePoints& base);

// A metric over the first two axes, as colours. Needs two axes.
Chart surface_chart(const BasePoints& base);

// Tokens/s per user against tokens/s per NPU, with the front; `axis` colours the points.
Chart pareto_chart(const std::vector<PointData>& points, const std::string& base);

}  // namespace cm::tools
