// Sections of a run's page on the machine: parts that are free, use of a die in each stage, links and switch chips.
#pragma once

#include "tools/report/page.h"

#include <string>
#include <string_view>
#include <vector>

namespace cm::tools {

// As tools/sensitivity/what_if_free.h names it.
inline constexpr std::string_view WhatIfFreeTable = "what_if_free";

// From the root of a result.json; without blocks where the run has nothing of the kind.
PageSection what_if_section(const Json& result);
PageSection stage_section(const Json& result);
// Heat maps of the chips, the busiest links, and where the longest queue stood.
std::vector<PageBlock> link_blocks(const Json& result);

// Tables of a result that these sections show.
bool is_machine_table(const std::string& name);

}  // namespace cm::tools
