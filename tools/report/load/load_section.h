// Charts of a search for the capacity (cmsim run --find-capacity): what share of the requests holds the service levels
// at each offered load, and how long they take there.
#pragma once

#include "tools/report/page.h"

namespace cm::tools {

// From the tables `capacity` and `capacity_levels` of a result; results of earlier versions have the first alone. No
// blocks for a run that searched nothing.
PageSection load_section(const Json& result);

}  // namespace cm::tools
