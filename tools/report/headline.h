// Top of the page of a run: its headline as cards, its verdict, what limits it. The terminal shows the same.
#pragma once

#include "tools/report/page.h"

namespace cm::tools {

// Sets cards, verdicts and limit of the page. A result of an earlier version has no headline and no limit.
void add_answer(const Json& result, Page& page);

}  // namespace cm::tools
