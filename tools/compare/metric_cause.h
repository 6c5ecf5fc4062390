// Why a metric moved: the metrics that it follows from, as its declaration names them, and the parts of a breakdown.
#pragma once

#include "tools/compare/comparison.h"

#include <vector>

namespace cm::tools {

// Gives every metric that is not equal its own cause: what moved of that which it follows from. `metrics`: of one
// point, judged; `cause`: of its breakdown and sub-planes.
void explain_metrics(const Cause& cause, std::vector<ComparedMetric>& metrics);

}  // namespace cm::tools
