#include "tools/sweep/results_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <set>
#include <string_view>

namespace cm::tools {
namespace {

using Records = std::vector<std::optional<PointRecord>>;

// In the order in which they are met first.
std::vector<std::string> names_of_numbers(const Records& records)
{
  std::vector<std::string> names;
  std::set<std::string> known;
  for (const auto& record : records)
    if (record)
      for (const auto& [name, value] : record->numbers)
        if (known.insert(name).second)
          names.push_back(name);
  return names;
}

template <typename Value, typename Print>
std::string cell(const std::vector<std::pair<std::string, Value>>& row, const std::string& name, Print print)
{
  const auto found = std::ranges::find(row, name, [](const auto& each) { return each.first; });
  return found == row.end() ? std::string() : print(found->second);
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

void append_row(std::string& csv, const std::vector<std::string>& cells)
{
  for (std::size_t i = 0; i < cells.size(); ++i) {
    csv += i == 0 ? "" : ",";
    csv += csv_cell(cells[i]);
  }
  csv += '\n';
}

}  // namespace

std::string csv_cell(std::string_view text)
{
  if (text.find_first_of(",\"\r\n") == std::string_view::npos)
    return std::string(text);
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
  const std::vector<std::string> names = names_of_numbers(records);
  std::vector<std::string> cells{"point", "base"};
  cells.insert(cells.end(), plan.axis_keys.begin(), plan.axis_keys.end());
  cells.insert(cells.end(), {"seed", "status", "reason"});
  cells.insert(cells.end(), names.begin(), names.end());
  std::string csv;
  append_row(csv, cells);
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (!records[i])
      continue;
    const SweepPoint& point = plan.points[i];
    cells = {fmt::format("{}", i + 1), point.base};
    for (const std::string& key : plan.axis_keys)
      cells.push_back(cell(point.labels, key, [](const std::string& text) { return text; }));
    cells.push_back(fmt::format("{}", point.seed));
    cells.emplace_back(to_text(records[i]->status));
    cells.push_back(on_one_line(records[i]->reason));
    for (const std::string& name : names)
      cells.push_back(cell(records[i]->numbers, name, [](double value) { return fmt::format("{}", value); }));
    append_row(csv, cells);
  }
  return csv;
}

}  // namespace cm::tools
