// The charts of a comparison.
#pragma once

#include "tools/report/page.h"

#include <optional>

namespace cm::tools {

// How far each metric of a point moved, in percent, coloured by the verdict; empty when none moved.
std::optional<Chart> change_chart(const Json& metrics, const std::string& label);

// The parts of a breakdown before and after; empty when there are none.
std::optional<Chart> parts_chart(const Json& breakdown, const std::string& label);

// A histogram before and after, as cumulative shares; empty without buckets.
std::optional<Chart> before_and_after_chart(const Json& histogram);

}  // namespace cm::tools
