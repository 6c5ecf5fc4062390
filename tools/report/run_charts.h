// The charts of one run, from its result.json.
#pragma once

#include "tools/report/page.h"

#include <string>
#include <utility>
#include <vector>

namespace cm::tools {

// Parts that add up to `whole` ("the time of a layer"), as bars. `breakdown` is that section of the file.
Chart breakdown_chart(const Json& breakdown, const std::string& whole);

struct NamedBuckets {
  std::string name;
  std::string unit;
  Json buckets;  // [low, high, count], ascending
};

// Where the values lie: a bar a bucket on a logarithmic axis.
Chart histogram_chart(const NamedBuckets& histogram);
// The share of values up to a value, a line a histogram; all of one unit.
Chart cumulative_chart(const std::string& unit, const std::vector<NamedBuckets>& histograms);

// The share of the traffic of each sub-plane.
Chart sub_plane_chart(const Json& sub_planes);

// Values over time, a line a series; all of one unit.
Chart series_chart(const std::string& unit, const std::vector<std::pair<std::string, Json>>& series);

}  // namespace cm::tools
