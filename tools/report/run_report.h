// The page of one run.
#pragma once

#include "tools/report/page.h"

namespace cm::tools {

// `result` is a result.json (cmsim-result/1).
Page run_page(const Json& result);

}  // namespace cm::tools
