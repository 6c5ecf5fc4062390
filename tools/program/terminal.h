// Standard output.
#pragma once

#include <string>

namespace cm::tools {

// Throws ConfigError when the text did not get out (a full disk behind a redirection).
void print(const std::string& text);

// On a terminal, unless NO_COLOR is set (no-color.org).
bool output_takes_colour();

}  // namespace cm::tools
