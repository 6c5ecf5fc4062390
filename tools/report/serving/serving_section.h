// The part of a run's page that is about requests: latencies over time, and the slowest ones taken apart.
#pragma once

#include "tools/report/page.h"

#include <string>
#include <vector>

namespace cm::tools {

// `result` is the whole file. Sections are without blocks where it has no such series or tables, as in every result
// that is not of serving.
std::vector<PageSection> serving_sections(const Json& result);

// Whether a series or table of the file is shown there, and need not be shown again.
bool is_in_serving_section(const std::string& name);

}  // namespace cm::tools
