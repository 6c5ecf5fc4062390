// How far a metric may move before a comparison calls it changed.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace cm::tools {

struct Tolerances {
  double common = 0.01;  // share of the old value
  std::map<std::string, double> of_metric;

  // The metric's own, else that of the histogram whose number it is, else the common one.
  [[nodiscard]] double of(const std::string& metric, const std::string& histogram = {}) const;
};

// "tpot_ms=2%" of the command line, or "2%" for all others. Throws ConfigError with all that are wrong.
Tolerances read_tolerances(const std::vector<std::string>& texts);

}  // namespace cm::tools
