// The metrics of many runs of one scenario, each in a process of its own.
#pragma once

#include "sim/metrics/progress.h"
#include "tools/runner/scenario.h"

#include <map>
#include <string>
#include <vector>

namespace cm::tools {

struct MetricValue {
  double value = 0;
  std::string unit;
};
using MetricValues = std::map<std::string, MetricValue>;

struct ChildResult {
  MetricValues metrics;
  bool is_steady = true;  // its numbers do not depend on the length of the run
};

// One result for each list of further settings, in their order. Throws ConfigError when a run is refused.
std::vector<ChildResult> child_results(const ScenarioRequest& scenario,
                                       const std::vector<std::vector<PlacedSetting>>& settings, int jobs,
                                       sim::metrics::Progress& progress);

}  // namespace cm::tools
