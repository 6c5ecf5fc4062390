// Numbers of one run as lists.
#pragma once

#include "tools/report/page.h"

namespace cm::tools {

// Numbers of which less or more is better, in groups and in plain units; then all numbers as the result holds them,
// folded away, counters among them.
PageSection metrics_section(const Json& metrics);

}  // namespace cm::tools
