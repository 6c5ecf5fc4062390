#include "tools/report/sweep/sweep_axes.h"

#include "tools/report/numbers/plain_unit.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <system_error>

namespace cm::tools {
namespace {

constexpr const char* SeedKey = "seed";

std::optional<double> number_in(const std::string& text)
{
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // "nan" and "inf" are words: an axis of them has no order.
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
    return std::nullopt;
  return value;
}

std::vector<std::string> keys_of(const std::vector<PointData>& points)
{
  std::vector<std::string> keys;
  for (const PointData& point : points)
    for (const auto& [key, value] : point.axes)
      if (std::ranges::find(keys, key) == keys.end())
        keys.push_back(key);
  keys.emplace_back(SeedKey);
  return keys;
}

// Whether the value of `axis` tells that of `key` in every point.
bool follows(const std::vector<PointData>& points, const SweepAxis& axis, const std::string& key)
{
  std::map<std::string, std::string> seen;
  return std::ranges::all_of(points, [&](const PointData& point) {
    const std::string value = text_at(point, key);
    return seen.try_emplace(text_at(point, axis.key), value).first->second == value;
  });
}

// Values of the points that are done.
SweepAxis axis_of(const std::vector<PointData>& points, const std::string& key)
{
  SweepAxis axis{key, {}, true, {}};
  for (const PointData& point : points) {
    const std::string value = text_at(point, key);
    if (point.status != "done" || std::ranges::find(axis.values, value) != axis.values.end())
      continue;
    axis.values.push_back(value);
    axis.is_number = axis.is_number && number_in(value).has_value();
  }
  if (axis.is_number)
    std::ranges::sort(axis.values, {}, [](const std::string& value) { return *number_in(value); });
  return axis;
}

std::size_t steps_of(const std::vector<PointData>& points, const std::string& key)
{
  std::set<std::string> values;
  for (const PointData& point : points)
    values.insert(text_at(point, key));
  return values.size();
}

std::string last_word(const std::string& key)
{
  return key.substr(key.rfind('.') + 1);
}

}  // namespace

std::string text_at(const PointData& point, const std::string& key)
{
  if (key == SeedKey)
    return point.seed;
  const auto found = std::ranges::find(point.axes, key, &std::pair<std::string, std::string>::first);
  return found == point.axes.end() ? std::string() : found->second;
}

std::string SweepAxis::short_name() const
{
  return last_word(key);
}

std::string SweepAxis::title() const
{
  std::string names;
  for (const std::string& other : linked)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", plain_words(last_word(other)));
  const std::string own = plain_words(short_name());
  return names.empty() ? own : fmt::format("{} (with it: {})", own, names);
}

std::vector<SweepAxis> varied_axes(const std::vector<PointData>& points)
{
  const std::vector<std::string> keys = keys_of(points);
  std::vector<std::string> by_steps = keys;
  // The seed comes last: where every point has its own it would tell all of them apart.
  std::ranges::stable_sort(by_steps, std::ranges::greater{}, [&](const std::string& key) {
    return key == SeedKey ? std::size_t{0} : steps_of(points, key);
  });
  std::vector<SweepAxis> axes;
  for (const std::string& key : by_steps) {
    SweepAxis axis = axis_of(points, key);
    if (axis.values.size() < 2)
      continue;
    const auto leader =
        std::ranges::find_if(axes, [&](const SweepAxis& earlier) { return follows(points, earlier, key); });
    if (leader == axes.end())
      axes.push_back(std::move(axis));
    else if (key != SeedKey)
      leader->linked.push_back(key);
  }
  std::ranges::sort(axes, {}, [&](const SweepAxis& axis) { return std::ranges::find(keys, axis.key); });
  // Seeds are no scale.
  std::ranges::stable_partition(axes, [](const SweepAxis& axis) { return axis.is_number && axis.key != SeedKey; });
  return axes;
}

std::string links_text(const SweepAxis& axis, const std::vector<PointData>& points)
{
  std::string text;
  for (const std::string& value : axis.values) {
    const auto point = std::ranges::find(points, value, [&](const PointData& each) { return text_at(each, axis.key); });
    std::string others;
    for (const std::string& key : axis.linked)
      others += fmt::format("{}{} {}", others.empty() ? "" : ", ", last_word(key), text_at(*point, key));
    if (!others.empty())
      text += fmt::format("{}{} {}: {}", text.empty() ? "" : "; ", axis.short_name(), value, others);
  }
  return text;
}

Json axis_value(const SweepAxis& axis, const PointData& point)
{
  const std::string text = text_at(point, axis.key);
  return axis.is_number ? Json(number_in(text).value_or(0)) : Json(text);
}

}  // namespace cm::tools
