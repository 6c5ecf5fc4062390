// Distributions of one run: a table of their percentiles, and their charts.
#pragma once

#include "tools/report/page.h"

namespace cm::tools {

// `histograms` is that section of a result. A distribution that has all its values in one place has a sentence in
// place of a chart.
PageSection distribution_section(const Json& histograms);

}  // namespace cm::tools
