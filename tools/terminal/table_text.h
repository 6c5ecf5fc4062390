// Text in columns for a terminal.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cm::tools {

constexpr std::size_t TerminalWidth = 80;

// Four significant digits, and every digit before the point.
std::string short_number(double value);

// The same with its sign: "+12.50", "-3".
std::string signed_number(double value);

// Width of UTF-8 text, a column a character; colours take none.
std::size_t columns_of(std::string_view text);

std::string left_aligned(std::string_view text, std::size_t width);
std::string right_aligned(std::string_view text, std::size_t width);

// `first` and the words after it, broken before column `width`; further lines start at column `indent`. Ends in a
// newline.
std::string wrapped(std::string_view first, std::string_view words, std::size_t indent,
                    std::size_t width = TerminalWidth);

// A bar of `share` times `width` columns, to an eighth of a column; not padded.
std::string bar(double share, std::size_t width);

// The widest text of a column.
std::size_t widest(const std::vector<std::string>& texts);

}  // namespace cm::tools
