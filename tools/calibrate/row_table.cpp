#include "tools/calibrate/row_table.h"

#include "sim/diagnostics/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string_view>

namespace cm::tools {
namespace {

// Fields of one line. A quoted field may hold commas; two quotes in it are one.
std::vector<std::string> fields_of(std::string_view line)
{
  std::vector<std::string> fields(1);
  bool is_quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"' && is_quoted && i + 1 < line.size() && line[i + 1] == '"')
      fields.back() += line[++i];
    else if (line[i] == '"')
      is_quoted = !is_quoted;
    else if (line[i] == ',' && !is_quoted)
      fields.emplace_back();
    else
      fields.back() += line[i];
  }
  return fields;
}

std::size_t column(const std::string& path, const std::vector<std::string>& head, std::string_view name)
{
  const auto found = std::ranges::find(head, name);
  if (found == head.end())
    throw ConfigError(fmt::format("{}:1:1: expected a column \"{}\", found none", path, name));
  return static_cast<std::size_t>(found - head.begin());
}

double number_of(const std::string& path, std::size_t line, const std::string& text)
{
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size())
    throw ConfigError(fmt::format("{}:{}:1: published: expected a number, found \"{}\"", path, line, text));
  return number;
}

}  // namespace

std::vector<TableRow> read_row_table(const std::string& path)
{
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line))
    throw ConfigError(fmt::format("{}: expected a table of published rows, found none that can be read", path));
  const std::vector<std::string> head = fields_of(line);
  std::vector<TableRow> rows;
  for (std::size_t number = 2; std::getline(file, line); ++number) {
    const std::vector<std::string> fields = fields_of(line);
    if (fields.size() != head.size())
      throw ConfigError(fmt::format("{}:{}:1: expected {} fields, found {}", path, number, head.size(), fields.size()));
    const auto field = [&](std::string_view name) { return fields[column(path, head, name)]; };
    rows.push_back({field("row"), field("scenario"), field("set"), field("metric"),
                    number_of(path, number, field("published")), field("class")});
  }
  return rows;
}

}  // namespace cm::tools
