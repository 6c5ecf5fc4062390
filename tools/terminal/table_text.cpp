#include "tools/terminal/table_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace cm::tools {

std::string short_number(double value)
{
  const bool is_large = std::abs(value) >= 999.95 && std::abs(value) < 1e15;
  const bool is_whole = value == std::trunc(value) && std::abs(value) < 1e15;
  if (is_large || is_whole)
    return fmt::format("{:.0f}", value);
  if (std::abs(value) >= 1e15)
    return fmt::format("{:.4g}", value);
  // Trailing zeros are kept: 562.0 beside 620.8 is as exact.
  const std::string text = fmt::format("{:#.4g}", value);
  return text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
}

std::string signed_number(double value)
{
  return fmt::format("{}{}", value < 0 ? "" : "+", short_number(value));
}

std::size_t columns_of(std::string_view text)
{
  std::size_t columns = 0;
  bool is_colour = false;  // between an escape and the "m" that ends it
  for (const char letter : text) {
    is_colour = is_colour || letter == '\x1b';
    const bool is_first_byte = (static_cast<unsigned char>(letter) & 0xc0U) != 0x80U;
    columns += is_first_byte && !is_colour ? 1U : 0U;
    is_colour = is_colour && letter != 'm';
  }
  return columns;
}

std::string left_aligned(std::string_view text, std::size_t width)
{
  return std::string(text) + std::string(width - std::min(width, columns_of(text)), ' ');
}

std::string right_aligned(std::string_view text, std::size_t width)
{
  return std::string(width - std::min(width, columns_of(text)), ' ') + std::string(text);
}

std::string wrapped(std::string_view first, std::string_view words, std::size_t indent, std::size_t width)
{
  std::string text(first);
  std::size_t column = columns_of(first);
  bool is_line_start = true;
  while (!words.empty()) {
    const std::string_view word = words.substr(0, words.find(' '));
    words.remove_prefix(std::min(words.size(), word.size() + 1));
    const std::size_t length = columns_of(word) + (is_line_start ? 0 : 1);
    if (!is_line_start && column + length > width) {
      text += '\n';
      text.append(indent, ' ');
      column = indent;
      is_line_start = true;
    }
    text += is_line_start ? "" : " ";
    text += word;
    column += columns_of(word) + (is_line_start ? 0 : 1);
    is_line_start = false;
  }
  text += '\n';
  return text;
}

std::string bar(double share, std::size_t width)
{
  // From nothing to seven eighths of a block.
  constexpr std::array<std::string_view, 8> Parts{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const double eighths = std::round(std::clamp(share, 0.0, 1.0) * static_cast<double>(width) * 8);
  const auto count = static_cast<std::size_t>(eighths);
  std::string text;
  for (std::size_t i = 0; i < count / 8; ++i)
    text += "█";
  text += Parts.at(count % 8);
  return text;
}

std::size_t widest(const std::vector<std::string>& texts)
{
  std::size_t width = 0;
  for (const std::string& text : texts)
    width = std::max(width, columns_of(text));
  return width;
}

}  // namespace cm::tools
