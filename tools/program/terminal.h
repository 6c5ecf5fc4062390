// Standard output.
#pragma once

#include <string>

namespace cm::tools {

// On a terminal what files name is shown as escapes where it could steer the terminal; a file or a pipe gets the text
// as it is. Throws ConfigError when the text did not get out (a full disk behind a redirection).
void print(const std::string& text);

// On a terminal, unless NO_COLOR is set (no-color.org).
bool output_takes_colour();

}  // namespace cm::tools
