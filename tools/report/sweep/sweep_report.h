// The page of a sweep.
#pragma once

#include "tools/report/sweep/sweep_data.h"

namespace cm::tools {

Page sweep_page(const SweepData& sweep);

}  // namespace cm::tools
