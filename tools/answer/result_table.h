// Everything of a result that is no chart, for people: what `cmsim run --verbose` prints.
#pragma once

#include "tools/answer/text_style.h"
#include "tools/runner/run.h"

#include <string>
#include <vector>

namespace cm::tools {

// The answer first, then every metric with its meaning, breakdown, tables, histograms, notes, warnings, and the numbers
// that the run used. `files`: that were written.
std::string result_table(const FinishedRun& run, const TextStyle& style, const std::vector<std::string>& files);

}  // namespace cm::tools
