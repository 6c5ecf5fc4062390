// Keys that a sweep varied, and that make axes of a chart.
#pragma once

#include "tools/report/sweep/sweep_data.h"

#include <string>
#include <vector>

namespace cm::tools {

struct SweepAxis {
  std::string key;
  std::vector<std::string> values;  // different ones, in order of appearance; numbers ascending
  bool is_number = false;

  // The key's last word: "ep" of workload.ep.
  [[nodiscard]] std::string short_name() const;
};

// The keys with more than one value, and the seed if several were drawn, without those that follow from an earlier one
// (linked keys). Numbers come first.
std::vector<SweepAxis> varied_axes(const std::vector<PointData>& points);

// As written, or as a number: "1.50" and "1.5" are one.
Json axis_value(const SweepAxis& axis, const PointData& point);

}  // namespace cm::tools
