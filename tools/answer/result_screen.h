// A result on one screen of a terminal: what `cmsim run` prints.
#pragma once

#include "tools/answer/text_style.h"
#include "tools/runner/run.h"

#include <cstddef>
#include <string>
#include <vector>

namespace cm::tools {

inline constexpr std::size_t ScreenLines = 40;

// The answer, then where the time goes, tables and histograms as long as there is room on a screen, warnings in at most
// two lines each and notes in one, and the least known of the assumed numbers. The last line says what is left out.
// `files`: that were written. Longer than a screen only when the answer itself, warnings and files are.
std::string result_screen(const FinishedRun& run, const TextStyle& style, const std::vector<std::string>& files);

}  // namespace cm::tools
