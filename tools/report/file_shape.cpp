#include "tools/report/file_shape.h"

#include "models/compute/stage_use.h"
#include "tools/report/machine/machine_sections.h"
#include "tools/results/stored_inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cm::tools {
namespace {

using Json = JsonFile::Json;
using Keys = JsonFile::Keys;

Keys below(Keys keys, const std::string& key)
{
  keys.push_back(key);
  return keys;
}

Keys below(const Keys& keys, std::size_t index)
{
  return below(keys, fmt::format("{}", index));
}

// Members that may be missing.
void check_texts(const JsonFile& file, const Keys& keys, std::initializer_list<const char*> members)
{
  for (const char* const member : members)
    if (file.has(below(keys, member)))
      static_cast<void>(file.text(below(keys, member)));
}

void check_numbers(const JsonFile& file, const Keys& keys, std::initializer_list<const char*> members)
{
  for (const char* const member : members)
    if (file.has(below(keys, member)))
      static_cast<void>(file.number(below(keys, member)));
}

// Null stands for a number that there is none of.
void check_numbers_or_null(const JsonFile& file, const Keys& keys, std::initializer_list<const char*> members)
{
  for (const char* const member : members)
    if (const Json* found = file.find(below(keys, member));
        found == nullptr || !(found->is_number() || found->is_null()))
      file.complain(below(keys, member), "a number or null");
}

// Null after a complaint that there is no such list.
const Json* list_at(const JsonFile& file, const Keys& keys)
{
  const Json* const found = file.find(keys);
  if (found != nullptr && found->is_array())
    return found;
  file.complain(keys, "a list");
  return nullptr;
}

// The list, when all of it fits; null after a complaint.
template <typename Fits>
const Json* check_list(const JsonFile& file, const Keys& keys, const char* expected, const Fits& fits)
{
  const Json* const list = list_at(file, keys);
  if (list == nullptr)
    return nullptr;
  std::size_t index = 0;
  for (const Json& each : *list) {
    if (!fits(each)) {
      file.complain(below(keys, index), expected);
      return nullptr;
    }
    ++index;
  }
  return list;
}

const Json* texts_at(const JsonFile& file, const Keys& keys)
{
  return check_list(file, keys, "a text", [](const Json& each) { return each.is_string(); });
}

const Json* numbers_at(const JsonFile& file, const Keys& keys)
{
  return check_list(file, keys, "a number", [](const Json& each) { return each.is_number(); });
}

void check_list_of_texts(const JsonFile& file, const Keys& keys)
{
  if (file.has(keys))
    texts_at(file, keys);
}

bool is_bucket(const Json& value)
{
  return value.is_array() && value.size() == 3 && value[0].is_number() && value[1].is_number() && value[2].is_number();
}

void check_buckets(const JsonFile& file, const Keys& keys)
{
  double least = -std::numeric_limits<double>::infinity();
  check_list(file, keys, "a bucket [low, high, count] above the one before, its count at least 0",
             [&](const Json& each) {
               if (!is_bucket(each))
                 return false;
               const auto low = each[0].get<double>();
               const bool fits = low >= least && low <= each[1].get<double>() && each[2].get<double>() >= 0;
               least = low;
               return fits;
             });
}

// The names of an object's members, none where there is no such object.
std::vector<std::string> members_of(const JsonFile& file, const Keys& keys)
{
  std::vector<std::string> names;
  if (file.has(keys))
    for (const auto& [name, ignored] : file.object(keys).items())
      names.push_back(name);
  return names;
}

void check_run(const JsonFile& file)
{
  const Json& run = file.object({"run"});
  check_texts(file, {"run"}, {"scenario", "version", "configuration_digest"});
  static_cast<void>(file.number({"run", "seed"}));
  check_numbers(file, {"run"}, {"slo_share"});
  if (const auto steady = run.find("steady"); steady != run.end() && !steady->is_boolean())
    file.complain({"run", "steady"}, "true or false");
  for (const std::string& kind : members_of(file, {"run", "evidence"}))
    static_cast<void>(file.count({"run", "evidence", kind}));
  static_cast<void>(members_of(file, {"run", "engine_settings"}));
  check_list_of_texts(file, {"run", "assumed"});
  // Its shape is checked where it is read.
  static_cast<void>(read_stored_inputs(file));
}

void check_measures(const JsonFile& file)
{
  for (const std::string& name : members_of(file, {"metrics"})) {
    static_cast<void>(file.number({"metrics", name, "value"}));
    static_cast<void>(file.text({"metrics", name, "unit"}));
    check_texts(file, {"metrics", name}, {"better", "meaning", "formula", "caveat"});
  }
  for (const std::string& name : members_of(file, {"histograms"})) {
    check_texts(file, {"histograms", name}, {"unit", "better", "meaning", "caveat"});
    check_numbers(file, {"histograms", name}, {"count", "mean", "min", "p50", "p90", "p95", "p99", "p999", "max"});
    check_buckets(file, {"histograms", name, "buckets"});
  }
  for (const char* const section : {"breakdown", "sub_planes"})
    for (const std::string& name : members_of(file, {section})) {
      static_cast<void>(file.number({section, name, "value"}));
      static_cast<void>(file.text({section, name, "unit"}));
    }
}

void check_series(const JsonFile& file)
{
  for (const std::string& name : members_of(file, {"series"})) {
    const Keys times{"series", name, "time_s"};
    const Keys values{"series", name, "value"};
    check_texts(file, {"series", name}, {"unit"});
    const Json* const when = numbers_at(file, times);
    const Json* const what = numbers_at(file, values);
    if (when != nullptr && what != nullptr && when->size() != what->size())
      file.complain(values, fmt::format("as many values as times ({})", when->size()), fmt::format("{}", what->size()));
  }
}

void check_row(const JsonFile& file, const Keys& keys, const Json& row, std::size_t columns)
{
  const std::string expected = fmt::format("a list of {} cells, one a column", columns);
  if (!row.is_array())
    file.complain(keys, expected);
  else if (row.size() != columns)
    file.complain(keys, expected, fmt::format("{} cells", row.size()));
  else
    check_list(file, keys, "a number, a text or null",
               [](const Json& cell) { return cell.is_primitive() && !cell.is_boolean(); });
}

// Table that is drawn: its first column names what is drawn, numbers stand in fixed columns.
struct DrawnTable {
  std::string_view name;
  std::size_t columns;                         // at least
  std::optional<std::size_t> number_column{};  // that has a number in every row
};
constexpr std::array<DrawnTable, 2> DrawnTables{
    {{.name = WhatIfFreeTable, .columns = 3}, {.name = models::UsePerStage, .columns = 2, .number_column = 1}}};

// `row` has a cell a column.
void check_drawn_row(const JsonFile& file, const Keys& keys, const Json& row, const DrawnTable& table)
{
  if (!row.at(0).is_string())
    file.complain(below(keys, std::size_t{0}), "a text");
  if (table.number_column && !row.at(*table.number_column).is_number())
    file.complain(below(keys, *table.number_column), "a number");
}

void check_drawn_table(const JsonFile& file, const std::string& name, std::size_t columns, const Json& rows)
{
  const auto* const table = std::ranges::find(DrawnTables, std::string_view(name), &DrawnTable::name);
  if (table == DrawnTables.end())
    return;
  if (columns < table->columns) {
    file.complain({"tables", name, "columns"}, fmt::format("at least {} columns", table->columns),
                  fmt::format("{}", columns));
    return;
  }
  std::size_t index = 0;
  for (const Json& row : rows) {
    if (row.is_array() && row.size() == columns)
      check_drawn_row(file, {"tables", name, "rows", fmt::format("{}", index)}, row, *table);
    ++index;
  }
}

void check_tables(const JsonFile& file)
{
  for (const std::string& name : members_of(file, {"tables"})) {
    const Keys rows{"tables", name, "rows"};
    check_texts(file, {"tables", name}, {"sentence"});
    const Json* const columns = texts_at(file, {"tables", name, "columns"});
    const Json* const list = list_at(file, rows);
    if (columns == nullptr || list == nullptr)
      continue;
    std::size_t index = 0;
    for (const Json& row : *list)
      check_row(file, below(rows, index++), row, columns->size());
    check_drawn_table(file, name, columns->size(), *list);
  }
}

void check_chips(const JsonFile& file)
{
  for (const std::string& chip : members_of(file, {"chips"})) {
    const Keys busy{"chips", chip, "busy"};
    static_cast<void>(file.text({"chips", chip, "sentence"}));
    for (std::size_t i = 0; i < file.list(busy).size(); ++i)
      numbers_at(file, below(busy, i));
  }
}

// Inputs that differ; comparisons of earlier versions have no such key.
void check_inputs(const JsonFile& file, const Keys& keys)
{
  const Json* const changes = file.has(keys) ? list_at(file, keys) : nullptr;
  for (std::size_t i = 0; changes != nullptr && i < changes->size(); ++i) {
    const Keys change = below(keys, i);
    static_cast<void>(file.text(below(change, "key")));
    for (const char* const side : {"old", "new"})
      if (const Json* text = file.find(below(change, side)); text == nullptr || !(text->is_string() || text->is_null()))
        file.complain(below(change, side), "a text or null");
  }
}

void check_point(const JsonFile& file, const Keys& point)
{
  for (const char* const key : {"label", "verdict", "reason", "cause"})
    static_cast<void>(file.text(below(point, key)));
  texts_at(file, below(point, "configuration"));
  for (const char* const key : {"causes", "doubts"})
    check_list_of_texts(file, below(point, key));
  check_inputs(file, below(point, "inputs"));
  const Keys metrics = below(point, "metrics");
  for (std::size_t i = 0; i < file.list(metrics).size(); ++i) {
    const Keys metric = below(metrics, i);
    for (const char* const key : {"name", "unit", "verdict"})
      static_cast<void>(file.text(below(metric, key)));
    static_cast<void>(file.number(below(metric, "tolerance")));
    check_numbers_or_null(file, metric, {"old", "new", "change"});
  }
  const Keys parts = below(point, "breakdown");
  for (std::size_t i = 0; i < file.list(parts).size(); ++i) {
    check_texts(file, below(parts, i), {"part", "unit"});
    check_numbers_or_null(file, below(parts, i), {"old", "new"});
  }
  const Keys histograms = below(point, "histograms");
  for (std::size_t i = 0; i < file.list(histograms).size(); ++i) {
    check_texts(file, below(histograms, i), {"name", "unit"});
    for (const char* const key : {"old_buckets", "new_buckets"})
      if (file.has(below(below(histograms, i), key)))
        check_buckets(file, below(below(histograms, i), key));
  }
}

}  // namespace

void check_result(const JsonFile& file)
{
  check_run(file);
  check_measures(file);
  check_series(file);
  check_tables(file);
  check_chips(file);
  check_list_of_texts(file, {"notes"});
  check_list_of_texts(file, {"warnings"});
}

void check_comparison(const JsonFile& file)
{
  for (const char* const key : {"old", "new", "summary"})
    static_cast<void>(file.text({key}));
  check_texts(file, {}, {"unknown_inputs"});
  check_inputs(file, {"inputs"});
  if (const auto found = file.root().find("regression"); found == file.root().end() || !found->is_boolean())
    file.complain({"regression"}, "true or false");
  for (std::size_t i = 0; i < file.list({"points"}).size(); ++i)
    check_point(file, {"points", fmt::format("{}", i)});
}

void check_sweep(const JsonFile& file)
{
  if (!file.has({"inputs"}))
    return;
  static_cast<void>(file.text({"inputs", "command"}));
  static_cast<void>(file.object({"inputs", "as_read"}));
  const Keys files{"inputs", "files"};
  for (std::size_t index = 0; index < file.list(files).size(); ++index)
    for (const char* const member : {"key", "name", "digest"})
      static_cast<void>(file.text(below(below(files, index), member)));
}

}  // namespace cm::tools
