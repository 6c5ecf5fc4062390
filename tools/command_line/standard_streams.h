// The streams that a program is called with.
#pragma once

#include <cstddef>
#include <string>

namespace cm::tools {

// Before anything is opened: who closes a stream (cmsim run ... >&-) would find the first file of ours in its place,
// and what is printed would go into that file. Output that was closed is told by print(), complaints without a reader
// go nowhere.
void open_standard_streams();

// On standard output. On a terminal what files name is shown as escapes where it could steer the terminal; a file or a
// pipe gets the text as it is. Throws ConfigError when the text did not get out (a full disk behind a redirection, a
// closed stream).
void print(const std::string& text);

// Columns of standard output: what the variable COLUMNS says, else the terminal's own width, else 80.
std::size_t output_width();

// On a terminal, unless NO_COLOR is set (no-color.org).
bool output_takes_colour();

}  // namespace cm::tools
