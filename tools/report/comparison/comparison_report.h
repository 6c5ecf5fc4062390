// The page of a comparison.
#pragma once

#include "tools/report/page.h"

namespace cm::tools {

// `comparison` is a comparison.json (cmsim-comparison/1).
Page comparison_page(const Json& comparison);

}  // namespace cm::tools
