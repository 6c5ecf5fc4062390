// How far a metric moves when each uncertain number goes to the ends of its stated range, the others staying.
#pragma once

#include "sim/metrics/progress.h"
#include "tools/runner/scenario.h"
#include "tools/sensitivity/uncertain_number.h"

#include <string>
#include <vector>

namespace cm::tools {

struct SensitivityRequest {
  ScenarioRequest scenario;
  std::string metric;
  int jobs = 1;  // runs at a time
};

struct Swing {
  UncertainNumber number;
  double at_low = 0;  // the metric with the number at the lower end of its range
  double at_high = 0;
  bool is_steady = true;  // both runs; else their numbers depend on the length of the run

  [[nodiscard]] double size() const;
};

struct Sensitivity {
  std::string metric;
  std::string unit;
  double nominal = 0;
  bool is_steady = true;                    // the run as shipped
  std::vector<Swing> swings;                // largest first
  std::vector<UncertainNumber> not_varied;  // no range is stated

  // If the numbers go astray independently: roots of the sums of the squared moves down and up.
  [[nodiscard]] double low() const;
  [[nodiscard]] double high() const;
};

// Throws ConfigError when the scenario is wrong, when it has no such metric or when a run is refused.
Sensitivity sensitivity(const SensitivityRequest& request, sim::metrics::Progress& progress);

}  // namespace cm::tools
