#include "tools/report/run_charts.h"

#include "tools/report/chart_parts.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::tools {
namespace {

constexpr int BarHeight = 26;
constexpr std::size_t MostPoints = 400;  // of a line; more cannot be told apart

double total_of(const Json& buckets)
{
  double total = 0;
  for (const Json& bucket : buckets)
    total += bucket.at(2).get<double>();
  return total;
}

Json nice_tooltip(std::initializer_list<Json> fields)
{
  return Json::array_t(fields);
}

}  // namespace

Chart breakdown_chart(const Json& breakdown, const std::string& whole)
{
  double total = 0;
  std::string unit;
  for (const auto& [name, part] : breakdown.items()) {
    total += part.at("value").get<double>();
    unit = part.at("unit").get<std::string>();
  }
  Json rows = Json::array();
  for (const auto& [name, part] : breakdown.items()) {
    const double value = part.at("value").get<double>();
    const double share = total > 0 ? value / total : 0;
    rows.push_back(
        {{"part", name}, {"value", value}, {"share", share}, {"label", fmt::format("{:.1f} %", 100 * share)}});
  }
  Json chart = specification_of(rows, BarHeight * static_cast<int>(rows.size()));
  const Json part = channel("part", "nominal", "", {{"sort", nullptr}, {"axis", {{"title", nullptr}}}});
  const Json value = channel("value", "quantitative", unit);
  const Json tooltip =
      nice_tooltip({channel("part", "nominal", "part"), channel("value", "quantitative", unit, {{"format", ",.4~g"}}),
                    channel("share", "quantitative", "share", {{"format", ".1%"}})});
  chart["encoding"] = {{"y", part}, {"x", value}};
  chart["layer"] =
      Json::array({{{"mark", {{"type", "bar"}, {"cornerRadiusEnd", 3}}}, {"encoding", {{"tooltip", tooltip}}}},
                   {{"mark", {{"type", "text"}, {"align", "left"}, {"dx", 5}}},
                    {"encoding", {{"text", channel("label", "nominal", "")}}}}});
  return {"breakdown", fmt::format("Where {} goes", whole),
          fmt::format("Parts of {} in {}; they add up to {:.4g} {}.", whole, unit, total, unit), chart};
}

Chart histogram_chart(const NamedBuckets& histogram)
{
  const double total = std::max(total_of(histogram.buckets), 1.0);
  Json rows = Json::array();
  for (const Json& bucket : histogram.buckets)
    rows.push_back({{"low", bucket.at(0)}, {"high", bucket.at(1)}, {"share", bucket.at(2).get<double>() / total}});
  Json chart = specification_of(rows, 190);
  chart["mark"] = {{"type", "rect"}, {"color", "#3b82c4"}};
  const Json logarithmic = {{"scale", {{"type", "log"}, {"nice", false}}},
                            {"axis", {{"format", "~s"}, {"tickCount", 8}}}};
  chart["encoding"] = {
      {"x", channel("low", "quantitative", fmt::format("{} in {} (logarithmic)", histogram.name, histogram.unit),
                    logarithmic)},
      {"x2", {{"field", "high"}}},
      {"y", channel("share", "quantitative", "share of values",
                    {{"axis", {{"format", ".1%"}, {"title", "share of values"}}}})},
      {"y2", {{"datum", 0}}},
      {"tooltip", nice_tooltip({channel("low", "quantitative", "from", {{"format", ",.4~g"}}),
                                channel("high", "quantitative", "to", {{"format", ",.4~g"}}),
                                channel("share", "quantitative", "share", {{"format", ".2%"}})})}};
  return {"histogram-" + file_name_of(histogram.name), histogram.name,
          fmt::format("Distribution of {:.0f} values in {}; bars are 0.5 % wide.", total_of(histogram.buckets),
                      histogram.unit),
          chart};
}

Chart cumulative_chart(const std::string& unit, const std::vector<NamedBuckets>& histograms)
{
  Json rows = Json::array();
  for (const NamedBuckets& histogram : histograms) {
    const double total = std::max(total_of(histogram.buckets), 1.0);
    const std::size_t step = histogram.buckets.size() / MostPoints + 1;
    double below = 0;
    std::size_t index = 0;
    if (!histogram.buckets.empty())
      rows.push_back({{"histogram", histogram.name}, {"value", histogram.buckets.front().at(0)}, {"share", 0.0}});
    for (const Json& bucket : histogram.buckets) {
      below += bucket.at(2).get<double>();
      ++index;
      if (index % step == 0 || index == histogram.buckets.size())
        rows.push_back({{"histogram", histogram.name}, {"value", bucket.at(1)}, {"share", below / total}});
    }
  }
  Json chart = specification_of(rows, 260);
  chart["params"] = Json::array(
      {{{"name", "shown"}, {"select", {{"type", "point"}, {"fields", {"histogram"}}}}, {"bind", "legend"}}});
  chart["mark"] = {{"type", "line"}, {"interpolate", "step-after"}, {"tooltip", true}};
  chart["encoding"] = {
      {"x", channel("value", "quantitative", unit + " (logarithmic)",
                    {{"scale", {{"type", "log"}, {"nice", false}}}, {"axis", {{"format", "~s"}, {"tickCount", 8}}}})},
      {"y", channel("share", "quantitative", "share of values up to here", {{"axis", {{"format", ".0%"}}}})},
      {"color", channel("histogram", "nominal", "",
                        {{"sort", nullptr}, {"legend", {{"orient", "top"}, {"title", nullptr}, {"columns", 3}}}})},
      {"opacity", {{"condition", {{"param", "shown"}, {"value", 1}}}, {"value", 0.15}}},
      {"tooltip", nice_tooltip({channel("histogram", "nominal", "histogram"),
                                channel("value", "quantitative", unit, {{"format", ",.4~g"}}),
                                channel("share", "quantitative", "share", {{"format", ".2%"}})})}};
  return {"cumulative-" + file_name_of(unit), fmt::format("Cumulative distributions in {}", unit),
          "The share of values up to a value. A steep line is an even crowd, a long foot to the right is a tail.",
          chart};
}

Chart sub_plane_chart(const Json& sub_planes)
{
  Json rows = Json::array();
  for (const auto& [name, part] : sub_planes.items())
    rows.push_back({{"sub-plane", name}, {"percent", part.at("value")}});
  Json chart = specification_of(rows, BarHeight * static_cast<int>(rows.size()));
  chart["mark"] = {{"type", "bar"}, {"cornerRadiusEnd", 3}};
  chart["encoding"] = {{"y", channel("sub-plane", "nominal", "", {{"sort", nullptr}, {"axis", {{"title", nullptr}}}})},
                       {"x", channel("percent", "quantitative", "% of the traffic")},
                       {"tooltip", nice_tooltip({channel("sub-plane", "nominal", "sub-plane"),
                                                 channel("percent", "quantitative", "%", {{"format", ".2f"}})})}};
  return {"sub-planes", "Traffic of the sub-planes",
          fmt::format("Even use of {} sub-planes is {:.1f} % each.", rows.size(),
                      rows.empty() ? 0 : 100.0 / static_cast<double>(rows.size())),
          chart};
}

Chart series_chart(const std::string& unit, const std::vector<std::pair<std::string, Json>>& series)
{
  Json rows = Json::array();
  for (const auto& [name, each] : series) {
    const Json& times = each.at("time_s");
    const Json& values = each.at("value");
    const std::size_t step = times.size() / (4 * MostPoints) + 1;
    for (std::size_t i = 0; i < std::min(times.size(), values.size()); i += step)
      rows.push_back({{"series", name}, {"time_s", times[i]}, {"value", values[i]}});
  }
  Json chart = specification_of(rows, 240);
  chart["params"] =
      Json::array({{{"name", "shown"}, {"select", {{"type", "point"}, {"fields", {"series"}}}}, {"bind", "legend"}}});
  chart["mark"] = {{"type", "line"}, {"interpolate", "step-after"}};
  chart["encoding"] = {
      {"x", channel("time_s", "quantitative", "time in s")},
      {"y", channel("value", "quantitative", unit)},
      {"color", channel("series", "nominal", "",
                        {{"sort", nullptr}, {"legend", {{"orient", "top"}, {"title", nullptr}, {"columns", 3}}}})},
      {"opacity", {{"condition", {{"param", "shown"}, {"value", 1}}}, {"value", 0.15}}},
      {"tooltip", nice_tooltip({channel("series", "nominal", "series"),
                                channel("time_s", "quantitative", "s", {{"format", ",.4~g"}}),
                                channel("value", "quantitative", unit, {{"format", ",.4~g"}})})}};
  return {"series-" + file_name_of(unit), fmt::format("Over time, in {}", unit),
          "A click on a name of the legend shows one line alone.", chart};
}

}  // namespace cm::tools
