// The errors of all rows as a picture (SVG).
#pragma once

#include "tools/validate/validation.h"

#include <string>

namespace cm::tools {

// A line per row: its tolerance as a band, its error as a point whose shape and colour say fitted, input or predicted.
// Errors beyond the axis stand at its end.
std::string error_plot(const Validation& validation);

}  // namespace cm::tools
