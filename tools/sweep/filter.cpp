#include "tools/sweep/filter.h"

#include "sim/config/flow_text.h"
#include "sim/config/reader.h"
#include "sim/config/suggestion.h"
#include "sim/units/decimal.h"
#include "tools/sweep/axis.h"
#include "tools/sweep/value_range.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::tools {
namespace {

using sim::config::add_problem;
using sim::config::Reader;
using sim::config::ReadingLog;
using sim::config::Value;

// The number that a value starts with; values of one axis have one unit.
std::optional<double> number_of(std::string_view text)
{
  const auto scanned = scan_decimal(text);
  return scanned ? to_double(scanned->number) : std::nullopt;
}

bool meets(const Condition& condition, const std::string& text)
{
  if (!condition.interval)
    return std::ranges::find(condition.texts, text) != condition.texts.end();
  const auto number = number_of(text);
  return number && *number >= condition.interval->first && *number <= condition.interval->second;
}

void read_interval(const Value& value, const std::string& path, Condition& condition, ReadingLog& log)
{
  std::string from;
  std::string to;
  Reader reader(value, path, log);
  reader.required({"from", "the smallest number"}, from);
  reader.required({"to", "the largest number"}, to);
  reader.finish();
  const auto low = number_of(from);
  const auto high = number_of(to);
  if (low && high)
    condition.interval = {*low, *high};
  else if (!from.empty() && !to.empty())
    add_problem(log, value.position, path, fmt::format("expected two numbers, found \"{}\" and \"{}\"", from, to));
}

Condition read_condition(const Value::Entry& entry, const std::string& path, ReadingLog& log)
{
  Condition condition{.key = entry.key, .texts = {}, .interval = {}};
  if (is_range(entry.value))
    read_interval(entry.value, path, condition, log);
  else if (entry.value.kind == Value::Kind::List)
    for (const Value& item : entry.value.items)
      condition.texts.push_back(flow_text(item));
  else
    condition.texts.push_back(flow_text(entry.value));
  return condition;
}

}  // namespace

bool Filter::holds(const Labels& labels) const
{
  return std::ranges::all_of(conditions, [&](const Condition& condition) {
    return std::ranges::any_of(
        labels, [&](const auto& label) { return label.first == condition.key && meets(condition, label.second); });
  });
}

Filter read_filter(const Value& map, const std::string& path, std::span<const std::string> known, ReadingLog& log)
{
  Filter filter{.position = map.position, .conditions = {}};
  if (map.kind != Value::Kind::Map || map.entries.empty()) {
    add_problem(log, map.position, path,
                fmt::format("expected keys with values like {{workload.ep: 8}}, found {}",
                            map.kind == Value::Kind::Map ? "an empty map" : found_text(map)));
    return filter;
  }
  for (const Value::Entry& entry : map.entries) {
    if (std::ranges::find(known, entry.key) == known.end())
      add_problem(log, entry.key_position, path,
                  fmt::format("expected \"base\" or a key of an axis, found \"{}\"{}", entry.key,
                              sim::config::suggestion(entry.key, known, "available")));
    filter.conditions.push_back(read_condition(entry, fmt::format("{}.{}", path, entry.key), log));
  }
  return filter;
}

}  // namespace cm::tools
