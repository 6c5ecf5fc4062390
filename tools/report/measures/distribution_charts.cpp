#include "tools/report/measures/distribution_charts.h"

#include "tools/report/chart_parts.h"
#include "tools/report/measures/cumulative_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace cm::tools {
namespace {

// A longer title would not fit below the axis on a telephone.
constexpr std::size_t LongestTitle = 60;

std::string bars_text(const HistogramBars& bars, const PlainUnit& unit)
{
  if (bars.is_logarithmic)
    return fmt::format("the axis is logarithmic, {:g} bars for each factor of ten", bars.width);
  if (bars.width == 0)
    return "a bar is 0.5 % wide, as values are counted";
  return fmt::format("a bar is {}{}{} wide", plain_number(bars.width), unit.name.empty() ? "" : " ", unit.name);
}

// The words of the histogram, or its name in words where they are too long for an axis.
std::string axis_title(const NamedBuckets& histogram, const PlainUnit& unit)
{
  const std::string title = with_unit(histogram.words(), unit);
  return title.size() > LongestTitle ? with_unit(plain_words(histogram.name), unit) : title;
}

}  // namespace

double NamedBuckets::largest() const
{
  return buckets.empty() ? 0 : buckets.back().at(1).get<double>();
}

std::string NamedBuckets::words() const
{
  return meaning.empty() ? plain_words(name) : meaning;
}

Chart histogram_chart(const NamedBuckets& histogram, const PlainUnit& unit, const HistogramBars& bars)
{
  Json rows = Json::array();
  for (const HistogramBars::Bar& bar : bars.bars)
    if (bar.count > 0)
      rows.push_back({{"low", bar.low}, {"high", bar.high}, {"share", bar.count / bars.values}});
  Json chart = specification_of(rows, 190);
  chart["mark"] = {{"type", "rect"}, {"color", "#3b82c4"}, {"stroke", nullptr}};
  const Json domain = {bars.bars.front().low, bars.bars.back().high};
  Json scale = {{"domain", domain}, {"nice", false}};
  if (bars.is_logarithmic)
    scale["type"] = "log";
  else
    scale["zero"] = false;
  chart["encoding"] = {
      {"x", channel("low", "quantitative", axis_title(histogram, unit),
                    {{"scale", scale}, {"axis", {{"format", "~r"}, {"tickCount", 8}, {"labelFlush", true}}}})},
      {"x2", {{"field", "high"}}},
      {"y",
       channel("share", "quantitative", "share of the values", {{"axis", {{"format", ".0~%"}, {"tickCount", 4}}}})},
      {"y2", {{"datum", 0}}},
      {"tooltip", Json::array({channel("low", "quantitative", with_unit("from", unit), {{"format", ",.4~r"}}),
                               channel("high", "quantitative", with_unit("to", unit), {{"format", ",.4~r"}}),
                               channel("share", "quantitative", "share of the values", {{"format", ".2~%"}})})}};
  return {"histogram-" + file_name_of(histogram.name), capitalised(histogram.words()),
          fmt::format("{}: share of the values in each bar; {}.", histogram.name, bars_text(bars, unit)), chart,
          bars.shown(unit.name)};
}

Chart cumulative_chart(const std::vector<NamedBuckets>& histograms, const PlainUnit& unit)
{
  double begin = std::numeric_limits<double>::max();
  for (const NamedBuckets& histogram : histograms)
    begin = std::min(begin, first_shown(histogram.buckets) * unit.factor);
  Json rows = Json::array();
  double left_of_axis = 0;
  double values = 0;
  for (const NamedBuckets& histogram : histograms) {
    const CumulativeLine line = cumulative_line(histogram.buckets, unit.factor, begin);
    for (const auto& [value, share] : line.points)
      rows.push_back({{"histogram", plain_words(histogram.name)}, {"value", value}, {"share", share}});
    left_of_axis += line.left_of_axis;
    values += line.values;
  }
  Json chart = specification_of(rows, 260);
  chart["params"] = Json::array(
      {{{"name", "shown"}, {"select", {{"type", "point"}, {"fields", {"histogram"}}}}, {"bind", "legend"}}});
  chart["mark"] = {{"type", "line"}, {"interpolate", "step-after"}, {"tooltip", true}};
  const std::string axis = unit.name.empty() ? "value (logarithmic)" : unit.name + " (logarithmic)";
  chart["encoding"] = {
      {"x", channel("value", "quantitative", axis,
                    {{"scale", {{"type", "log"}, {"nice", false}, {"domainMin", begin}}},
                     {"axis", {{"format", "~r"}, {"tickCount", 8}, {"labelFlush", true}}}})},
      {"y", channel("share", "quantitative", "share of the values up to here", {{"axis", {{"format", ".0%"}}}})},
      {"color", channel("histogram", "nominal", "", line_colours())},
      {"opacity", {{"condition", {{"param", "shown"}, {"value", 1}}}, {"value", 0.15}}},
      {"tooltip", Json::array({channel("histogram", "nominal", "distribution"),
                               channel("value", "quantitative", with_unit("value", unit), {{"format", ",.4~r"}}),
                               channel("share", "quantitative", "share up to here", {{"format", ".2~%"}})})}};
  std::string shown = fmt::format("All {} values count", plain_number(values));
  shown += left_of_axis > 0 ? fmt::format("; {} of them lie left of the axis, where a line begins above zero.",
                                          plain_number(left_of_axis))
                            : ".";
  const std::string names = unit.name.empty() ? "Cumulative distributions" : "Cumulative distributions, " + unit.name;
  return {"cumulative-" + file_name_of(histograms.front().unit), names,
          "The share of the values up to a value. A steep line is an even crowd, a long foot to the right is a tail. A "
          "click on a name of the legend shows one line alone.",
          chart, shown};
}

}  // namespace cm::tools
