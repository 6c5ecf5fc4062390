// Explanation of a metric of results, for people.
#pragma once

#include <string>
#include <vector>

namespace cm::tools {

// Explanation of a metric, a histogram or one of its statistics ("tpot_ms", "ttft_p99_ms"): the workloads that report
// it, meaning, unit, direction and formula, an entry for each way in which workloads declare it. Empty when there is no
// such metric.
std::string metric_explanation(const std::string& name);

// For suggestions.
std::vector<std::string> metric_names();

}  // namespace cm::tools
