#include "tools/report/sweep/sweep_axes.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
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

std::string text_at(const PointData& point, const std::string& key)
{
  if (key == SeedKey)
    return point.seed;
  const auto found = std::ranges::find(point.axes, key, &std::pair<std::string, std::string>::first);
  return found == point.axes.end() ? std::string() : found->second;
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

SweepAxis axis_of(const std::vector<PointData>& points, const std::string& key)
{
  SweepAxis axis{key, {}, true};
  for (const PointData& point : points) {
    const std::string value = text_at(point, key);
    if (std::ranges::find(axis.values, value) != axis.values.end())
      continue;
    axis.values.push_back(value);
    axis.is_number = axis.is_number && number_in(value).has_value();
  }
  if (axis.is_number)
    std::ranges::sort(axis.values, {}, [](const std::string& value) { return *number_in(value); });
  return axis;
}

}  // namespace

std::string SweepAxis::short_name() const
{
  return key.substr(key.rfind('.') + 1);
}

std::vector<SweepAxis> varied_axes(const std::vector<PointData>& points)
{
  std::vector<SweepAxis> axes;
  for (const std::string& key : keys_of(points)) {
    const bool is_linked = std::ranges::any_of(axes, [&](const SweepAxis& axis) { return follows(points, axis, key); });
    SweepAxis axis = axis_of(points, key);
    if (axis.values.size() > 1 && !is_linked)
      axes.push_back(std::move(axis));
  }
  // Seeds are no scale.
  std::ranges::stable_partition(axes, [](const SweepAxis& axis) { return axis.is_number && axis.key != SeedKey; });
  return axes;
}

Json axis_value(const SweepAxis& axis, const PointData& point)
{
  const std::string text = text_at(point, axis.key);
  return axis.is_number ? Json(number_in(text).value_or(0)) : Json(text);
}

}  // namespace cm::tools
