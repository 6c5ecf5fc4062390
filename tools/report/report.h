// From a folder with results to the page of its report.
#pragma once

#include "tools/report/page.h"

#include <string>

namespace cm::tools {

// Page of a folder that holds result.json, sweep.json with its points, or comparison.json. Charts have names of their
// own. Throws ConfigError when there is none of these or one is not what it should be.
Page read_page(const std::string& folder);

}  // namespace cm::tools
