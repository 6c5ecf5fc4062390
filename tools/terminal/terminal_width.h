// Width of text that goes to a stream of this program.
#pragma once

#include <cstddef>

namespace cm::tools {

inline constexpr std::size_t NarrowestText = 40;
inline constexpr std::size_t WidestText = 400;

// Columns of the terminal behind a file descriptor (STDOUT_FILENO); 80 for a pipe, a file and a terminal that does not
// say. Never less than NarrowestText nor more than WidestText.
std::size_t terminal_width(int descriptor);

}  // namespace cm::tools
