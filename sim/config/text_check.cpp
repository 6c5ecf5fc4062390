#include "sim/config/text_check.h"

#include "sim/config/value.h"
#include "sim/diagnostics/errors.h"
#include "sim/diagnostics/printable.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>

namespace cm::sim::config {
namespace {

std::uint32_t byte_at(std::string_view text, std::size_t index)
{
  return static_cast<unsigned char>(text[index]);
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
