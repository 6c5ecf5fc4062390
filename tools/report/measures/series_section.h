// Values of one run over its time.
#pragma once

#include "tools/report/page.h"

namespace cm::tools {

// A chart for each unit, a line a series. A series that never changes is a sentence. Of a long series the smallest and
// largest value of each stretch are drawn, and the chart says so.
PageSection series_section(const Json& series);

}  // namespace cm::tools
