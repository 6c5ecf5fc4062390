#include "tools/report/comparison/comparison_charts.h"

#include "tools/report/chart_parts.h"
#include "tools/report/measures/cumulative_line.h"
#include "tools/report/numbers/plain_unit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

namespace cm::tools {
namespace {

constexpr int BarHeight = 24;
// Changes below half a hundredth of a percent are no bar and read as nothing.
constexpr double LeastDrawn = 0.00005;

Json sides()
{
  return {{"domain", {"old", "new"}}, {"range", {"#8a939e", "#e0822f"}}};
}

Json side_channel()
{
  return channel("side", "nominal", "", {{"scale", sides()}, {"legend", {{"orient", "top"}, {"title", nullptr}}}});
}

// One number that moved tenfold must not flatten the others.
Json change_axis()
{
  const Json values = {-1, -0.5, -0.2, -0.1, -0.05, -0.02, 0, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 100};
  return {{"scale", {{"type", "symlog"}, {"constant", 0.02}}},
          {"axis", {{"format", "+~%"}, {"values", values}, {"labelOverlap", true}}}};
}

}  // namespace

std::optional<Chart> change_chart(const Json& metrics, const std::string& label)
{
  Json rows = Json::array();
  for (const Json& metric : metrics)
    if (metric.at("change").is_number() && std::abs(metric.at("change").get<double>()) >= LeastDrawn)
      rows.push_back({{"metric", metric.at("name")},
                      {"change", metric.at("change")},
                      {"verdict", metric.at("verdict")},
                      {"old", metric.at("old")},
                      {"new", metric.at("new")},
                      {"unit", metric.at("unit")}});
  if (rows.empty())
    return std::nullopt;
  std::ranges::stable_sort(rows.get_ref<Json::array_t&>(), [](const Json& a, const Json& b) {
    return std::abs(a.at("change").get<double>()) > std::abs(b.at("change").get<double>());
  });
  Json chart = specification_of(rows, BarHeight * static_cast<int>(rows.size()) + 20);
  const Json colours = {{"domain", {"worse", "better", "changed", "equal"}},
                        {"range", {"#c8453b", "#3aa176", "#8a6fd1", "#8a939e"}}};
  chart["mark"] = {{"type", "bar"}, {"cornerRadiusEnd", 3}};
  chart["encoding"] = {
      {"y", channel("metric", "nominal", "", {{"sort", nullptr}, {"axis", {{"title", nullptr}}}})},
      {"x", channel("change", "quantitative", "change of the old value (small ones enlarged)", change_axis())},
      {"color",
       channel("verdict", "nominal", "", {{"scale", colours}, {"legend", {{"orient", "top"}, {"title", nullptr}}}})},
      {"tooltip", Json::array({channel("metric", "nominal", "metric"),
                               channel("change", "quantitative", "change", {{"format", "+.2%"}}),
                               channel("old", "quantitative", "old", {{"format", ",.5~g"}}),
                               channel("new", "quantitative", "new", {{"format", ",.5~g"}}),
                               channel("unit", "nominal", "unit"), channel("verdict", "nominal", "verdict")})}};
  return Chart{
      "changes-" + file_name_of(label), "What moved",
      "Change of each number that moved at all; colour says which way it should have gone.", chart,
      drawn_of(chart.at("data").at("values").size(), metrics.size(), "numbers") +
          (chart.at("data").at("values").size() < metrics.size() ? " The others did not move or are new." : "")};
}

std::optional<Chart> parts_chart(const Json& breakdown, const std::string& label)
{
  if (breakdown.empty())
    return std::nullopt;
  Json rows = Json::array();
  double largest = 0;
  for (const Json& part : breakdown)
    for (const char* const side : {"old", "new"})
      largest = std::max(largest, part.at(side).is_number() ? part.at(side).get<double>() : 0);
  const PlainUnit unit = plain_unit(breakdown.front().at("unit").get<std::string>(), largest);
  std::size_t missing = 0;
  for (const Json& part : breakdown)
    for (const char* const side : {"old", "new"}) {
      const Json& value = part.at(side);
      missing += value.is_number() ? 0U : 1U;
      rows.push_back({{"part", part.at("part")},
                      {"side", side},
                      {"value", value.is_number() ? Json(value.get<double>() * unit.factor) : Json(nullptr)}});
    }
  Json chart = specification_of(rows, 18 * static_cast<int>(rows.size()) + 20);
  chart["mark"] = {{"type", "bar"}, {"cornerRadiusEnd", 3}};
  chart["encoding"] = {
      {"y", channel("part", "nominal", "", {{"sort", nullptr}, {"axis", {{"title", nullptr}}}})},
      {"yOffset", {{"field", "side"}, {"sort", {"old", "new"}}}},
      {"x", channel("value", "quantitative", with_unit("time of the part", unit))},
      {"color", side_channel()},
      {"tooltip", Json::array({channel("part", "nominal", "part"), channel("side", "nominal", "side"),
                               channel("value", "quantitative", with_unit("value", unit), {{"format", ",.4~r"}})})}};
  return Chart{"parts-" + file_name_of(label), "Where the time goes", "The parts before and after.", chart,
               drawn_of(rows.size() - missing, rows.size(), "values") +
                   (missing > 0 ? " The others are parts that one of the two results does not have." : "")};
}

std::optional<Chart> before_and_after_chart(const Json& histogram)
{
  if (!histogram.contains("old_buckets"))
    return std::nullopt;
  const auto name = histogram.at("name").get<std::string>();
  const std::array<std::pair<const char*, const Json*>, 2> both{
      {{"old", &histogram.at("old_buckets")}, {"new", &histogram.at("new_buckets")}}};
  double begin = std::numeric_limits<double>::max();
  double largest = 0;
  for (const auto& [side, buckets] : both)
    if (!buckets->empty()) {
      begin = std::min(begin, first_shown(*buckets));
      largest = std::max(largest, buckets->back().at(1).get<double>());
    }
  const PlainUnit unit = plain_unit(histogram.at("unit").get<std::string>(), largest, name);
  begin *= unit.factor;
  Json rows = Json::array();
  double left_of_axis = 0;
  for (const auto& [side, buckets] : both) {
    const CumulativeLine line = cumulative_line(*buckets, unit.factor, begin);
    for (const auto& [value, share] : line.points)
      rows.push_back({{"side", side}, {"value", value}, {"share", share}});
    left_of_axis += line.left_of_axis;
  }
  if (rows.empty())
    return std::nullopt;
  Json chart = specification_of(rows, 220);
  chart["mark"] = {{"type", "line"}, {"interpolate", "step-after"}};
  chart["encoding"] = {
      {"x", channel("value", "quantitative", with_unit(plain_words(name), unit) + " (logarithmic)",
                    {{"scale", {{"type", "log"}, {"nice", false}, {"domainMin", begin}}},
                     {"axis", {{"format", "~r"}, {"tickCount", 8}, {"labelFlush", true}}}})},
      {"y", channel("share", "quantitative", "share of the values up to here", {{"axis", {{"format", ".0%"}}}})},
      {"color", side_channel()},
      {"tooltip", Json::array({channel("side", "nominal", "side"),
                               channel("value", "quantitative", with_unit("value", unit), {{"format", ",.4~r"}}),
                               channel("share", "quantitative", "share up to here", {{"format", ".2~%"}})})}};
  return Chart{"histogram-" + file_name_of(name), capitalised(plain_words(name)) + fmt::format(" ({})", name),
               "The share of the values up to a value, before and after.", chart,
               left_of_axis > 0
                   ? fmt::format("All values of both results count; {} of them lie left of the axis, where "
                                 "a line begins above zero.",
                                 plain_number(left_of_axis))
                   : "All values of both results count."};
}

}  // namespace cm::tools
