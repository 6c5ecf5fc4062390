#include "tools/calibrate/fitted_text.h"

#include "sim/config/input_file.h"
#include "sim/config/value.h"
#include "sim/diagnostics/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <limits>
#include <sstream>
#include <string_view>

namespace cm::tools {
namespace {

using sim::config::Value;

constexpr std::size_t LargestFile = std::size_t{16} << 20U;

std::vector<std::string> lines_of(const std::string& path)
{
  std::istringstream file(sim::config::file_content(path, LargestFile));
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);)
    lines.push_back(line);
  return lines;
}

const Value& number_at(const Value& tree, const std::string& path, std::string_view key)
{
  const Value* place = &tree;
  for (std::string_view rest = key; place != nullptr && !rest.empty();) {
    const std::string_view step = rest.substr(0, rest.find('.'));
    place = place->find(step);
    rest.remove_prefix(std::min(rest.size(), step.size() + 1));
  }
  if (place == nullptr || place->find("value") == nullptr)
    throw ConfigError(
        fmt::format("{}:1:1: expected a number with evidence, {}: {{value: ..., source: ...}}, found none", path, key));
  return *place;
}

// NOLINTNEXTLINE(misc-no-recursion): trees are at most 64 levels deep.
void add_keys(const Value& value, const std::string& path, std::vector<std::string>& keys)
{
  if (value.find("value") != nullptr)
    keys.push_back(path);
  else
    for (const Value::Entry& entry : value.entries)
      add_keys(entry.value, path.empty() ? entry.key : fmt::format("{}.{}", path, entry.key), keys);
}

// End of the flow map that starts at `start`; texts in quotes may hold brackets.
std::size_t end_of_map(const std::string& line, std::size_t start)
{
  bool is_quoted = false;
  for (std::size_t at = start; at < line.size(); ++at) {
    if (line[at] == '"')
      is_quoted = !is_quoted;
    else if (line[at] == '}' && !is_quoted)
      return at + 1;
  }
  return std::string::npos;
}

double leading_number(const std::string& text)
{
  double number = std::numeric_limits<double>::quiet_NaN();
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// The stated range of the old number; an end that the fit has passed moves to the fitted value.
std::string range_text(const Value& old, const FittedNumber& number)
{
  const Value* range = old.find("range");
  if (range == nullptr || range->items.size() != 2)
    return "";
  const std::string& low = range->items[0].text;
  const std::string& high = range->items[1].text;
  return fmt::format(" range: [{}, {}],", leading_number(number.value) < leading_number(low) ? number.value : low,
                     leading_number(number.value) > leading_number(high) ? number.value : high);
}

std::string text_of(const Value& old, const FittedNumber& number)
{
  const Value* source = old.find("source");
  return fmt::format("{{value: {},{} evidence: calibrated, source: \"{}\", fitted_to: \"{}\", uncertainty: {}}}",
                     number.value, range_text(old, number), source != nullptr ? source->text : number.fitted_to,
                     number.fitted_to, number.uncertainty);
}

}  // namespace

std::string with_fitted_numbers(const std::string& path, const std::vector<FittedNumber>& numbers)
{
  const Value tree = sim::config::load_file(path);
  std::vector<std::string> lines = lines_of(path);
  for (const FittedNumber& number : numbers) {
    const Value& old = number_at(tree, path, number.key);
    std::string& line = lines.at(static_cast<std::size_t>(old.position.line) - 1);
    const auto start = static_cast<std::size_t>(old.position.column) - 1;
    const std::size_t end = start < line.size() && line[start] == '{' ? end_of_map(line, start) : std::string::npos;
    if (end == std::string::npos)
      throw ConfigError(
          fmt::format("{}: {}: expected {{value: ..., source: ...}} on one line", to_text(old.position), number.key));
    line.replace(start, end - start, text_of(old, number));
  }
  std::string text;
  for (const std::string& line : lines)
    text += line + "\n";
  return text;
}

std::string written_number(const std::string& path, const std::string& key)
{
  const Value tree = sim::config::load_file(path);
  return number_at(tree, path, key).find("value")->text;
}

std::vector<std::string> written_keys(const std::string& path)
{
  std::vector<std::string> keys;
  add_keys(sim::config::load_file(path), "", keys);
  return keys;
}

}  // namespace cm::tools
