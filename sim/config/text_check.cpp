#include "sim/config/text_check.h"

#include "sim/config/value.h"
#include "sim/diagnostics/errors.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>

namespace cm::sim::config {
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

// Bytes of the character at the front; zero when it is none.
std::size_t character_length(std::string_view text)
{
  const std::size_t length = length_announced(byte_at(text, 0));
  if (length == 0 || length > text.size())
    return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte_at(text, i) & 0xc0U) != 0x80U)
      return 0;
  if (length > 2 && !fits_its_length(byte_at(text, 0), byte_at(text, 1)))
    return 0;
  return length;
}

bool is_control(std::uint32_t byte)
{
  return (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7f;
}

}  // namespace

void check_text(const std::string& label, std::string_view text)
{
  Position position{label, 1, 1};
  while (!text.empty()) {
    const std::uint32_t byte = byte_at(text, 0);
    if (is_control(byte))
      throw ConfigError(fmt::format("{}: expected text, found the control character 0x{:02x} (a binary file?)",
                                    to_text(position), byte));
    const std::size_t length = character_length(text);
    if (length == 0)
      throw ConfigError(
          fmt::format("{}: expected UTF-8 text, found the invalid byte 0x{:02x}", to_text(position), byte));
    text.remove_prefix(length);
    position.column += static_cast<int>(length);
    if (byte == '\n')
      position = {label, position.line + 1, 1};
  }
}

}  // namespace cm::sim::config
