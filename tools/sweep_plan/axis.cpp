#include "tools/sweep_plan/axis.h"

#include "sim/config/flow_text.h"
#include "tools/sweep_plan/value_range.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>

namespace cm::tools {
namespace {

using sim::config::add_problem;
using sim::config::ReadingLog;
using sim::config::Value;

// Empty when the values are wrong, which is reported.
std::vector<Value> values_of(const Value::Entry& entry, const std::string& path, ReadingLog& log)
{
  const Value& written = entry.value;
  if (is_range(written))
    return range_values(written, path, log);
  if (written.kind != Value::Kind::List || written.items.empty()) {
    add_problem(log, written.position, path,
                fmt::format("expected a list of values like [8, 32] or a range like {{from: 1, to: 7}}, found {}",
                            written.kind == Value::Kind::List ? "an empty list" : found_text(written)));
    return {};
  }
  bool is_complete = true;
  for (const Value& item : written.items)
    if (item.kind == Value::Kind::Null) {
      add_problem(log, item.position, path, "expected a value, found nothing");
      is_complete = false;
    }
  return is_complete ? written.items : std::vector<Value>{};
}

bool are_linked(const Value& map, const std::vector<std::vector<Value>>& columns, const std::string& path,
                ReadingLog& log)
{
  if (std::ranges::any_of(columns, [](const auto& column) { return column.empty(); }))
    return false;
  for (std::size_t i = 1; i < columns.size(); ++i)
    if (columns[i].size() != columns[0].size()) {
      add_problem(log, map.entries[i].key_position, fmt::format("{}.{}", path, map.entries[i].key),
                  fmt::format("linked keys need as many values each: expected {} as for {}, found {}",
                              columns[0].size(), map.entries[0].key, columns[i].size()));
      return false;
    }
  return true;
}

// Values that the keys are set to at one stop.
Value keys_at(const Value& map, const std::vector<std::vector<Value>>& columns, std::size_t index)
{
  Value keys;
  keys.kind = Value::Kind::Map;
  keys.position = map.position;
  for (std::size_t i = 0; i < columns.size(); ++i)
    keys.entries.push_back({map.entries[i].key, map.entries[i].key_position, columns[i][index]});
  return keys;
}

}  // namespace

Axis read_axis(const Value& map, const std::string& path, ReadingLog& log)
{
  Axis axis;
  axis.position = map.position;
  if (map.kind != Value::Kind::Map || map.entries.empty()) {
    add_problem(log, map.position, path,
                fmt::format("expected keys with their values like {{workload.ep: [8, 32]}}, found {}",
                            map.kind == Value::Kind::Map ? "an empty map" : found_text(map)));
    return axis;
  }
  std::vector<std::vector<Value>> columns;
  for (const Value::Entry& entry : map.entries) {
    axis.keys.push_back(entry.key);
    columns.push_back(values_of(entry, fmt::format("{}.{}", path, entry.key), log));
  }
  if (!are_linked(map, columns, path, log))
    return axis;
  for (std::size_t i = 0; i < columns[0].size(); ++i) {
    AxisStop stop;
    for (const std::vector<Value>& column : columns)
      stop.texts.push_back(flow_text(column[i]));
    stop.changes = changes_of_values(keys_at(map, columns, i), log);
    axis.stops.push_back(std::move(stop));
  }
  return axis;
}

bool overlap(const std::string& key, const std::string& other)
{
  return key == other || !path_below(key, other).empty() || !path_below(other, key).empty();
}

}  // namespace cm::tools
