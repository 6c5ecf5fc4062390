// The charts of one run, from its result.json.
#pragma once

#include "tools/report/page.h"

#include <string>

namespace cm::tools {

// Parts that add up to `whole` ("the time of a layer"), as bars. `breakdown` is that section of the file.
Chart breakdown_chart(const Json& breakdown, const std::string& whole);

// The share of the traffic that each lane carried; pages call lanes sub-planes.
Chart lane_chart(const Json& lanes);

}  // namespace cm::tools
