// Shares of a whole as colours on one absolute scale, from 0 to 100 %: two pictures side by side can be compared.
#pragma once

#include "tools/report/page.h"

#include <string>

namespace cm::tools {

// Busy ports: sub-planes against the chips that are not idle; idle ones are named in the sentence. `use` is one entry
// of the section "chips". A sentence where all are idle.
PageBlock chip_heat_block(const std::string& chip, const Json& use);

// Stages of a layer against what they use of a die. `table` is the table "use_per_stage".
Chart stage_heat_chart(const Json& table);

}  // namespace cm::tools
