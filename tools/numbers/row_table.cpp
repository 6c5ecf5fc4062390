#include "tools/numbers/row_table.h"

#include "sim/config/input_file.h"
#include "sim/diagnostics/errors.h"
#include "sim/units/parse_quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <istream>
#include <span>
#include <sstream>
#include <string_view>
#include <utility>

namespace cm::tools {
namespace {

constexpr std::array<std::string_view, 3> Classes{"fitted", "input", "predicted"};

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

// One line of a table, its fields by the names of their columns.
class Line {
 public:
  Line(const std::string& path, const std::vector<std::string>& head, std::size_t number, std::string_view text)
      : path_(path), head_(head), number_(number), fields_(fields_of(text))
  {
    if (fields_.size() != head_.size())
      throw ConfigError(
          fmt::format("{}:{}:1: expected {} fields, found {}", path_, number_, head_.size(), fields_.size()));
  }

  // Empty when there is no such column.
  [[nodiscard]] std::string optional(std::string_view column) const
  {
    const auto found = std::ranges::find(head_, column);
    return found == head_.end() ? "" : fields_[static_cast<std::size_t>(found - head_.begin())];
  }

  [[nodiscard]] std::string text(std::string_view column) const
  {
    if (std::ranges::find(head_, column) == head_.end())
      throw ConfigError(fmt::format("{}:1:1: expected a column \"{}\", found none", path_, column));
    return optional(column);
  }

  [[nodiscard]] sim::config::Position position() const { return {path_, static_cast<int>(number_), 1}; }

  [[nodiscard]] double number(std::string_view column) const
  {
    const auto value = parse_number(text(column));
    return value ? *value : refuse(column, "a number");
  }

  [[nodiscard]] double share(std::string_view column) const
  {
    const auto value = parse_fraction(text(column));
    return value ? *value : refuse(column, "a share like 3%");
  }

  [[nodiscard]] std::string word(std::string_view column, std::span<const std::string_view> words) const
  {
    const std::string found = text(column);
    if (std::ranges::find(words, found) == words.end())
      refuse(column, "fitted, input or predicted");
    return found;
  }

 private:
  [[noreturn]] double refuse(std::string_view column, std::string_view expected) const
  {
    throw ConfigError(
        fmt::format("{}:{}:1: {}: expected {}, found \"{}\"", path_, number_, column, expected, text(column)));
  }

  const std::string& path_;               // borrowed, as the next
  const std::vector<std::string>& head_;  // of the table being read
  std::size_t number_;
  std::vector<std::string> fields_;
};

TableRow row_of(const Line& line)
{
  TableRow row{.name = line.text("row"),
               .scenario = line.text("scenario"),
               .settings = line.text("set"),
               .metric = line.text("metric"),
               .published = line.number("published"),
               .kind = line.word("class", Classes),
               .tolerance = line.share("tolerance"),
               .source = line.text("source"),
               .reason = line.text("reason"),
               .gap = std::nullopt,
               .place = line.position()};
  if (const std::string gap = line.optional("gap"); !gap.empty())
    row.gap = KnownGap{gap, line.share("gap_from")};
  return row;
}

constexpr std::size_t LargestTable = std::size_t{16} << 20U;

std::vector<std::string> head_of(std::istream& text)
{
  std::string line;
  return std::getline(text, line) ? fields_of(line) : std::vector<std::string>{};
}

}  // namespace

std::string TableRow::origin() const
{
  return fmt::format("{}: row {}", to_text(place), name);
}

std::vector<std::string> settings_of(const TableRow& row)
{
  std::vector<std::string> settings;
  for (PlacedSetting& setting : placed_settings(row.settings, row.place))
    settings.push_back(std::move(setting.text));
  return settings;
}

std::vector<PlacedSetting> placed_settings(const std::string& settings, const sim::config::Position& place)
{
  std::istringstream words(settings);
  std::vector<PlacedSetting> placed;
  for (std::string word; words >> word;)
    placed.push_back({word, place});
  return placed;
}

bool is_row_table(const std::string& path)
{
  std::istringstream file(sim::config::file_content(path, LargestTable));
  const std::vector<std::string> head = head_of(file);
  return std::ranges::find(head, "published") != head.end();
}

std::vector<TableRow> read_row_table(const std::string& path)
{
  std::istringstream file(sim::config::file_content(path, LargestTable));
  const std::vector<std::string> head = head_of(file);
  if (head.empty())
    throw ConfigError(fmt::format("{}:1:1: expected a table of published rows, found none that can be read", path));
  std::vector<TableRow> rows;
  std::string text;
  for (std::size_t number = 2; std::getline(file, text); ++number)
    rows.push_back(row_of(Line(path, head, number, text)));
  return rows;
}

}  // namespace cm::tools
