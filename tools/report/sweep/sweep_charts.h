// The charts of a sweep.
#pragma once

#include "tools/report/numbers/plain_unit.h"
#include "tools/report/sweep/sweep_axes.h"

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace cm::tools {

// Points of one base, all done, and what varies among them (one axis or more).
struct BasePoints {
  std::string base;
  std::vector<PointData> points;
  std::vector<SweepAxis> axes;
  std::vector<std::string> metrics;            // to choose from; the first one is shown first
  std::map<std::string, NumberFacts> facts{};  // by name of a metric
  std::string undone{};                        // which points are missing and why; empty when none is

  [[nodiscard]] PlainUnit unit_of(const std::string& metric) const;
  // "time per output token, ms".
  [[nodiscard]] std::string title_of(const std::string& metric) const;
  // How many of the points a chart of one metric shows, and what is left out.
  [[nodiscard]] std::string shown(std::size_t drawn) const;
};

// A metric against the first axis, a line a value of the second one; the reader chooses metric and further axes.
Chart line_chart(const BasePoints& base);

// A metric over the first two axes, as colours. Needs two axes of three values; else the lines say as much.
Chart surface_chart(const BasePoints& base);

// Tokens/s per user against tokens/s per NPU, with the front; `axis` colours the points.
Chart pareto_chart(const BasePoints& base);

}  // namespace cm::tools
