// The answer of a run as the first lines of a terminal: what it was, its headline, the verdicts and the limit.
#pragma once

#include "tools/answer/run_answer.h"
#include "tools/answer/text_style.h"
#include "tools/runner/run.h"

#include <string>

namespace cm::tools {

// "decode of deepseek-r1 on cloudmatrix384, seed 1, configuration 0c3f54264669".
std::string title_text(const FinishedRun& run);

// Headline, verdicts and limit, each part behind an empty line. Figures with one label share a line where it is wide
// enough; on a wide terminal the meaning stands behind a figure. Reservations about figures follow them, each once.
std::string answer_text(const RunAnswer& answer, const TextStyle& style);

}  // namespace cm::tools
