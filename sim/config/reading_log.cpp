#include "sim/config/reading_log.h"

#include "sim/config/suggestion.h"
#include "sim/diagnostics/errors.h"

#include <fmt/format.h>

#include <cstddef>

namespace cm::sim::config {
namespace {

constexpr std::size_t LongestFoundText = 80;

// A message is one line of the terminal, whatever the file holds.
std::string on_one_line(std::string_view text)
{
  std::string line;
  for (const char letter : text) {
    const bool is_inside_character = (static_cast<unsigned char>(letter) & 0xc0U) == 0x80U;
    if (line.size() >= LongestFoundText && !is_inside_character)
      return line + "...";
    if (letter == '\n')
      line += "\\n";
    else if (static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f)
      line += fmt::format("\\x{:02x}", static_cast<unsigned char>(letter));
    else
      line += letter;
  }
  return line;
}

}  // namespace

std::string_view to_text(Evidence evidence)
{
  switch (evidence) {
  case Evidence::Measured: return "measured";
  case Evidence::Published: return "published";
  case Evidence::Derived: return "derived";
  case Evidence::Calibrated: return "calibrated";
  case Evidence::Assumed: break;
  }
  return "assumed";
}

void add_problem(ReadingLog& log, const Position& position, std::string_view path, std::string_view message)
{
  const std::string line = path.empty() ? fmt::format("{}: {}", to_text(position), message)
                                        : fmt::format("{}: {}: {}", to_text(position), path, message);
  log.problems.push_back(line);
}

std::string found_text(const Value& value)
{
  switch (value.kind) {
  case Value::Kind::Null: return "nothing";
  case Value::Kind::List: return "a list";
  case Value::Kind::Map: return "a map";
  case Value::Kind::Scalar: break;
  }
  return fmt::format("\"{}\"", on_one_line(value.text));
}

void throw_if_any(const ReadingLog& log)
{
  if (!log.problems.empty())
    throw ConfigError(joined(log.problems, "\n"));
}

}  // namespace cm::sim::config
