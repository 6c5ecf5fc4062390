#include "sim/diagnostics/printable.h"

#include <fmt/format.h>

#include <cstdint>

namespace cm {
namespace {

std::uint32_t byte_at(std::string_view text, std::size_t index)
{
  return static_cast<unsigned char>(text[index]);
}

// Zero for a byte that can start no character.
std::size_t length_announced(std::uint32_t first)
{
  if (first < 0x80)
    return 1;
  if (first >= 0xc2 && first < 0xe0)
    return 2;
  if (first >= 0xe0 && first < 0xf0)
    return 3;
  return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

// Three bytes must say something above U+07FF that is no surrogate, four something in U+10000 to U+10FFFF.
bool fits_its_length(std::uint32_t first, std::uint32_t second)
{
  switch (first) {
  case 0xe0: return second >= 0xa0;
  case 0xed: return second < 0xa0;
  case 0xf0: return second >= 0x90;
  case 0xf4: return second < 0x90;
  default: return true;
  }
}

// The character in front, or one byte where there is none.
std::string shown(std::string_view text, std::size_t length)
{
  const std::uint32_t first = byte_at(text, 0);
  if (length == 0 || first < 0x20 || first == 0x7f)
    return fmt::format("\\x{:02x}", first);
  if (length == 2 && first == 0xc2 && byte_at(text, 1) < 0xa0)
    return fmt::format("\\u{:04x}", byte_at(text, 1));
  return std::string(text.substr(0, length));
}

// Bytes of the colour sequence at the front; zero when there is none.
std::size_t colour_length(std::string_view text)
{
  if (!text.starts_with("\x1b["))
    return 0;
  const std::size_t end = text.find_first_not_of("0123456789;", 2);
  return end != std::string_view::npos && text[end] == 'm' ? end + 1 : 0;
}

}  // namespace

std::size_t character_length(std::string_view text)
{
  const std::size_t length = text.empty() ? 0 : length_announced(byte_at(text, 0));
  if (length == 0 || length > text.size())
    return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte_at(text, i) & 0xc0U) != 0x80U)
      return 0;
  if (length > 2 && !fits_its_length(byte_at(text, 0), byte_at(text, 1)))
    return 0;
  return length;
}

std::string printable(std::string_view text)
{
  std::string out;
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (text.front() == '\n' || text.front() == '\t')
      out += text.front();
    else
      out += shown(text, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

std::string printable_in_colour(std::string_view text)
{
  std::string out;
  std::size_t begin = 0;
  for (std::size_t at = text.find('\x1b'); at != std::string_view::npos; at = text.find('\x1b', at + 1))
    if (const std::size_t length = colour_length(text.substr(at)); length > 0) {
      out += printable(text.substr(begin, at - begin));
      out += text.substr(at, length);
      begin = at + length;
    }
  return out + printable(text.substr(begin));
}

std::string printable_on_one_line(std::string_view text)
{
  std::string out;
  for (const char letter : printable(text))
    if (letter == '\n')
      out += "\\n";
    else if (letter == '\t')
      out += "\\t";
    else
      out += letter;
  return out;
}

}  // namespace cm
