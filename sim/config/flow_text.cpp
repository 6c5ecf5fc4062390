#include "sim/config/flow_text.h"

#include <fmt/format.h>

#include <string_view>

namespace cm::sim::config {
namespace {

// Read as something else without quotes: a comment, the end of a list, another key, nothing at all.
bool needs_quotes(std::string_view text)
{
  if (text.empty() || text == "~" || text == "null" || text.front() == ' ' || text.back() == ' ' || text.back() == ':')
    return true;
  if (text == "-" || text == "?" || text.starts_with("- ") || text.starts_with("? ") || text.starts_with("---"))
    return true;
  if (std::string_view("&*!|>'\"%@`#").find(text.front()) != std::string_view::npos)
    return true;
  for (const char letter : text)
    if (static_cast<unsigned char>(letter) < 0x20 || std::string_view(",[]{}").find(letter) != std::string_view::npos)
      return true;
  return text.find(": ") != std::string_view::npos || text.find(" #") != std::string_view::npos;
}

std::string in_quotes(std::string_view text)
{
  std::string quoted = "\"";
  for (const char letter : text)
    if (letter == '"' || letter == '\\')
      quoted += fmt::format("\\{}", letter);
    else if (static_cast<unsigned char>(letter) < 0x20)
      quoted += fmt::format("\\x{:02x}", static_cast<unsigned char>(letter));
    else
      quoted += letter;
  return quoted + "\"";
}

std::string quoted_if_needed(std::string_view text)
{
  return needs_quotes(text) ? in_quotes(text) : std::string(text);
}

}  // namespace

// NOLINTNEXTLINE(misc-no-recursion): trees are at most 64 levels deep.
std::string parsable_flow_text(const Value& value)
{
  if (value.kind == Value::Kind::Null)
    return {};
  return value.kind == Value::Kind::Scalar ? quoted_if_needed(value.text) : flow_text(value);
}

// NOLINTNEXTLINE(misc-no-recursion): trees are at most 64 levels deep.
std::string flow_text(const Value& value)
{
  if (value.kind == Value::Kind::Scalar || value.kind == Value::Kind::Null)
    return value.text;
  const bool is_list = value.kind == Value::Kind::List;
  std::string text = is_list ? "[" : "{";
  for (const Value& item : value.items)
    text += (text.size() > 1 ? ", " : "") + parsable_flow_text(item);
  for (const Value::Entry& entry : value.entries)
    text += fmt::format("{}{}: {}", text.size() > 1 ? ", " : "", quoted_if_needed(entry.key),
                        parsable_flow_text(entry.value));
  return text + (is_list ? "]" : "}");
}

}  // namespace cm::sim::config
