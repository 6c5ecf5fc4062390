#include "tools/sweep_plan/filter.h"

#include "sim/config/flow_text.h"
#include "sim/config/reader.h"
#include "sim/config/suggestion.h"
#include "tools/sweep_plan/value_range.h"

#include <fmt/format.h>

#include <algorithm>
#include <compare>
#include <cstddef>

namespace cm::tools {
namespace {

using sim::config::add_problem;
using sim::config::Reader;
using sim::config::ReadingLog;
using sim::config::Value;

bool meets(const Condition& condition, const std::string& text)
{
  if (!condition.interval)
    return std::ranges::any_of(condition.texts, [&](const std::string& each) { return are_equal_values(each, text); });
  const auto value = quantity_text(text);
  return value && std::is_gteq(value->compare(condition.interval->first)) &&
         std::is_lteq(value->compare(condition.interval->second));
}

void read_interval(const Value& value, const std::string& path, Condition& condition, ReadingLog& log)
{
  std::string from;
  std::string to;
  Reader reader(value, path, log);
  reader.required({"from", "the smallest number"}, from);
  reader.required({"to", "the largest number"}, to);
  reader.finish();
  if (from.empty() || to.empty())
    return;
  const auto low = quantity_text(from);
  const auto high = quantity_text(to);
  if (!low || !high || low->kind != high->kind)
    add_problem(log, value.position, path,
                fmt::format("expected two numbers or two quantities of one kind, like {{from: 7 GB/s, to: 28 GB/s}}, "
                            "found \"{}\" and \"{}\"",
                            from, to));
  else if (std::is_gt(low->compare(*high)))
    add_problem(log, value.position, path,
                fmt::format("expected the smaller value first, found \"{}\" to \"{}\"", from, to));
  else
    condition.interval = {*low, *high};
}

Condition read_condition(const Value::Entry& entry, const std::string& path, ReadingLog& log)
{
  Condition condition{.key = entry.key, .position = entry.value.position, .texts = {}, .interval = {}};
  if (is_range(entry.value))
    read_interval(entry.value, path, condition, log);
  else if (entry.value.kind == Value::Kind::List)
    for (const Value& item : entry.value.items)
      condition.texts.push_back(flow_text(item));
  else
    condition.texts.push_back(flow_text(entry.value));
  return condition;
}

// The first value of the condition's axes that is a quantity of another kind than the interval.
std::optional<std::string> other_kind(const Condition& condition, std::span<const Axis> axes)
{
  for (const Axis& axis : axes) {
    const auto key = std::ranges::find(axis.keys, condition.key);
    if (key == axis.keys.end())
      continue;
    for (const AxisStop& stop : axis.stops) {
      const std::string& text = stop.texts[static_cast<std::size_t>(key - axis.keys.begin())];
      if (const auto value = quantity_text(text); value && value->kind != condition.interval->first.kind)
        return text;
    }
  }
  return std::nullopt;
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

void refuse_other_units(const Filter& filter, std::span<const Axis> axes, const std::string& path, ReadingLog& log)
{
  for (const Condition& condition : filter.conditions)
    if (const auto text = condition.interval ? other_kind(condition, axes) : std::nullopt)
      add_problem(
          log, condition.position, fmt::format("{}.{}", path, condition.key),
          fmt::format("expected values that compare with those of the axis, like \"{}\", found another kind", *text));
}

}  // namespace cm::tools
