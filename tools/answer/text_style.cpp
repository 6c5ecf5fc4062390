#include "tools/answer/text_style.h"

#include <fmt/format.h>

namespace cm::tools {

std::string Pen::verdict(Tone tone, std::string_view text) const
{
  switch (tone) {
  case Tone::Bad: return in(text, "\x1b[1;31m");
  case Tone::Doubt: return in(text, "\x1b[1;33m");
  case Tone::Good: break;
  }
  return in(text, "\x1b[32m");
}

std::string Pen::in(std::string_view text, std::string_view colour) const
{
  return is_coloured_ ? fmt::format("{}{}\x1b[0m", colour, text) : std::string(text);
}

std::string row_of(const std::vector<Column>& columns, std::size_t index)
{
  std::string line;
  for (const Column& column : columns) {
    const std::string& text = column.texts[index];
    const std::size_t width = widest(column.texts);
    line += line.empty() ? "" : "  ";
    line += column.is_number ? right_aligned(text, width) : left_aligned(text, width);
  }
  return line;
}

std::string cut_to(std::string_view text, std::size_t width)
{
  constexpr std::string_view More = "...";
  if (columns_of(text) <= width)
    return std::string(text);
  std::size_t bytes = text.size();
  while (columns_of(text.substr(0, bytes)) > width - More.size())
    --bytes;
  // Not within a character.
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xc0U) == 0x80U)
    --bytes;
  return std::string(text.substr(0, bytes)) + std::string(More);
}

}  // namespace cm::tools
