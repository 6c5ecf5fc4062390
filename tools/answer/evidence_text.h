// Evidence of a run for people: what its numbers rest on, and which of them are known least.
#pragma once

#include "sim/metrics/result.h"
#include "tools/answer/text_style.h"

#include <string>

namespace cm::tools {

// How many of the numbers that the run used are measured, published and so on, and the assumed ones that are known
// least: by the width of their stated ranges over the larger end, then those without a range. How much each of them
// matters no single run knows: where there is room the text names the command that does. At most three lines at 80
// columns.
std::string short_evidence(const sim::metrics::Result& result, const TextStyle& style);

// The same with the names of all assumed numbers, and the calibrated ones among those with the widest ranges.
std::string full_evidence(const sim::metrics::Result& result, const TextStyle& style);

}  // namespace cm::tools
