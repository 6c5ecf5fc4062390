#include "tools/report/measures/distribution_charts.h"

#include "tools/report/chart_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace cm::tools {
namespace {

constexpr std::size_t MostPoints = 400;  // of a line; more cannot be told apart
// Values below this share of a distribution do not stretch a logarithmic axis.
constexpr double FirstShown = 0.01;
constexpr double FarBelow = 30;

double count_in(const Json& buckets)
{
  double count = 0;
  for (const Json& bucket : buckets)
    count += bucket.at(2).get<double>();
  return count;
}

// Where the line begins to be drawn: at the smallest value, or behind the first hundredth of them where these would
// take more than a factor of ten of the axis.
double first_shown(const Json& buckets)
{
  const double all = count_in(buckets);
  const double smallest = buckets.empty() ? 1 : buckets.front().at(0).get<double>();
  double below = 0;
  for (const Json& bucket : buckets) {
    below += bucket.at(2).get<double>();
    const double low = bucket.at(0).get<double>();
    if (below > FirstShown * all && low > 0)
      return smallest >= low / FarBelow ? smallest : low;
  }
  return buckets.empty() ? 1 : buckets.back().at(1).get<double>();
}

std::string bars_text(const HistogramBars& bars, const PlainUnit& unit)
{
  if (bars.is_logarithmic)
    return fmt::format("the axis is logarithmic, {:g} bars for each factor of ten", bars.width);
  if (bars.width == 0)
    return "a bar is 0.5 % wide, as values are counted";
  return fmt::format("a bar is {}{}{} wide", plain_number(bars.width), unit.name.empty() ? "" : " ", unit.name);
}

struct Lines {
  Json rows = Json::array();
  double left_of_axis = 0;
  double values = 0;
};

// A line begins at the axis with the share of the values that lie left of it.
void add_line(const NamedBuckets& histogram, double factor, double begin, Lines& lines)
{
  const double all = std::max(count_in(histogram.buckets), 1.0);
  const std::string words = plain_words(histogram.name);
  const std::size_t step = histogram.buckets.size() / MostPoints + 1;
  double below = 0;
  std::size_t index = 0;
  bool has_begun = false;
  for (const Json& bucket : histogram.buckets) {
    const double low = bucket.at(0).get<double>() * factor;
    if (!has_begun && low >= begin) {
      lines.rows.push_back({{"histogram", words}, {"value", std::max(low, begin)}, {"share", below / all}});
      lines.left_of_axis += below;
      has_begun = true;
    }
    below += bucket.at(2).get<double>();
    ++index;
    if (has_begun && (index % step == 0 || index == histogram.buckets.size()))
      lines.rows.push_back(
          {{"histogram", words}, {"value", bucket.at(1).get<double>() * factor}, {"share", below / all}});
  }
  lines.values += below;
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
      {"x", channel("low", "quantitative", with_unit(histogram.words(), unit),
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
  Lines lines;
  for (const NamedBuckets& histogram : histograms)
    add_line(histogram, unit.factor, begin, lines);
  Json chart = specification_of(lines.rows, 260);
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
  std::string shown = fmt::format("All {} values count", plain_number(lines.values));
  shown += lines.left_of_axis > 0 ? fmt::format("; {} of them lie left of the axis, where a line begins above zero.",
                                                plain_number(lines.left_of_axis))
                                  : ".";
  const std::string names = unit.name.empty() ? "Cumulative distributions" : "Cumulative distributions, " + unit.name;
  return {"cumulative-" + file_name_of(histograms.front().unit), names,
          "The share of the values up to a value. A steep line is an even crowd, a long foot to the right is a tail. A "
          "click on a name of the legend shows one line alone.",
          chart, shown};
}

}  // namespace cm::tools
