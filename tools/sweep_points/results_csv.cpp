#include "tools/sweep_points/results_csv.h"

#include "sim/units/parse_quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <string_view>

namespace cm::tools {
namespace {

using Records = std::vector<std::optional<PointRecord>>;

// The columns of numbers, in the order in which their names are met first.
struct NumberColumns {
  std::vector<std::string> names;
  std::map<std::string, std::size_t> places;

  explicit NumberColumns(const Records& records)
  {
    for (const auto& record : records)
      if (record)
        for (const auto& [name, value] : record->numbers)
          if (places.try_emplace(name, names.size()).second)
            names.push_back(name);
  }

  [[nodiscard]] std::vector<std::string> cells(const PointRecord& record) const
  {
    std::vector<std::string> cells(names.size());
    for (const auto& [name, value] : record.numbers)
      cells[places.at(name)] = fmt::format("{}", value);
    return cells;
  }
};

std::string label_of(const SweepPoint& point, const std::string& key)
{
  const auto found = std::ranges::find(point.labels, key, &std::pair<std::string, std::string>::first);
  return found == point.labels.end() ? std::string() : found->second;
}

// Empty where the result does not say whether it is steady.
std::string steady_text(const RunHealth& health)
{
  if (!health.is_steady)
    return "false";
  return health.says_steady ? "true" : "";
}

// One line, whatever the reason was written on.
std::string on_one_line(std::string_view text)
{
  std::string line;
  for (const char letter : text)
    if (letter == '\n')
      line += "; ";
    else
      line += letter;
  return line;
}

// Spreadsheets run a cell that begins so as a formula, whether it is quoted or not; numbers they take as they are.
bool is_formula(std::string_view text)
{
  return !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos &&
         !parse_number(text);
}

void append_row(std::string& csv, const std::vector<std::string>& cells)
{
  for (std::size_t i = 0; i < cells.size(); ++i) {
    csv += i == 0 ? "" : ",";
    csv += csv_cell(cells[i]);
  }
  csv += '\n';
}

}  // namespace

std::string csv_cell(std::string_view written)
{
  std::string text = (is_formula(written) ? "'" : "") + std::string(written);
  if (text.find_first_of(",\"\r\n\t") == std::string::npos)
    return text;
  std::string quoted = "\"";
  for (const char letter : text) {
    if (letter == '"')
      quoted += '"';
    quoted += letter;
  }
  quoted += '"';
  return quoted;
}

std::string results_csv(const SweepPlan& plan, const Records& records)
{
  const NumberColumns numbers(records);
  std::vector<std::string> cells{"point", "base"};
  cells.insert(cells.end(), plan.axis_keys.begin(), plan.axis_keys.end());
  cells.insert(cells.end(), {"seed", "status", "reason", "steady", "warnings"});
  cells.insert(cells.end(), numbers.names.begin(), numbers.names.end());
  std::string csv;
  append_row(csv, cells);
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (!records[i])
      continue;
    const SweepPoint& point = plan.points[i];
    cells = {fmt::format("{}", i + 1), point.base};
    for (const std::string& key : plan.axis_keys)
      cells.push_back(label_of(point, key));
    cells.push_back(fmt::format("{}", point.seed));
    cells.emplace_back(to_text(records[i]->status));
    cells.push_back(on_one_line(records[i]->reason));
    const bool has_result = records[i]->status == PointStatus::Done;
    cells.emplace_back(has_result ? steady_text(records[i]->health) : "");
    cells.push_back(has_result ? fmt::format("{}", records[i]->health.warnings) : "");
    std::ranges::copy(numbers.cells(*records[i]), std::back_inserter(cells));
    append_row(csv, cells);
  }
  return csv;
}

}  // namespace cm::tools
