#include "sim/config/reading_log.h"

#include "sim/config/suggestion.h"
#include "sim/diagnostics/errors.h"
#include "sim/diagnostics/printable.h"

#include <fmt/format.h>

#include <cstddef>

namespace cm::sim::config {
namespace {

constexpr std::size_t LongestFoundText = 80;

// A message is one line of the terminal, whatever the file holds.
std::string on_one_line(std::string_view text)
{
  const bool is_long = text.size() > LongestFoundText;
  std::size_t end = is_long ? LongestFoundText : text.size();
  while (is_long && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U)
    ++end;
  return printable_on_one_line(text.substr(0, end)) + (end < text.size() ? "..." : "");
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
