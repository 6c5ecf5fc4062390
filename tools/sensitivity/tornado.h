// A sensitivity for people and for scripts.
#pragma once

#include "tools/sensitivity/sensitivity.h"

#include <string>

namespace cm::tools {

// The numbers that move the metric, largest swing first, with bars; then the interval, what moves nothing and what was
// not varied; and what is missing, with the journal that keeps the finished runs.
std::string tornado_table(const Sensitivity& found, const RunJournal* journal = nullptr);

// Schema cmsim-sensitivity/1.
std::string tornado_json(const Sensitivity& found);

}  // namespace cm::tools
