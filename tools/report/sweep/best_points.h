// Best points of a sweep: the first thing that its page shows.
#pragma once

#include "tools/report/sweep/sweep_charts.h"

#include <vector>

namespace cm::tools {

// Best points, for each base and each of its first metrics that have a better direction and differ among the points:
// the best that nothing speaks against, and before it a better one that is in doubt, with the reason. No blocks without
// any.
PageSection best_points_section(const std::vector<BasePoints>& bases);

}  // namespace cm::tools
