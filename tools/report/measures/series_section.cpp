#include "tools/report/measures/series_section.h"

#include "tools/report/chart_parts.h"
#include "tools/report/numbers/plain_unit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

namespace cm::tools {
namespace {

constexpr std::size_t MostDrawn = 1000;  // of a line

struct NamedSeries {
  std::string name;
  std::vector<double> time_s;
  std::vector<double> value;
};

double largest_in(const std::vector<NamedSeries>& series)
{
  double largest = 0;
  for (const NamedSeries& each : series)
    for (const double value : each.value)
      largest = std::max(largest, std::abs(value));
  return largest;
}

// Indices to draw: all of a short series, of a long one the smallest and largest of each stretch.
std::vector<std::size_t> points_to_draw(const std::vector<double>& values)
{
  std::vector<std::size_t> drawn;
  const std::size_t stretch = values.size() <= MostDrawn ? 1 : (2 * values.size() + MostDrawn - 1) / MostDrawn;
  for (std::size_t begin = 0; begin < values.size(); begin += stretch) {
    const auto first = values.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last = values.begin() + static_cast<std::ptrdiff_t>(std::min(begin + stretch, values.size()));
    const auto [least, most] = std::minmax_element(first, last);
    const auto index = [&](auto place) { return static_cast<std::size_t>(place - values.begin()); };
    drawn.push_back(std::min(index(least), index(most)));
    if (least != most)
      drawn.push_back(std::max(index(least), index(most)));
  }
  return drawn;
}

Chart chart_of(const std::string& unit, const std::vector<NamedSeries>& series)
{
  const PlainUnit plain = plain_unit(unit, largest_in(series), series.front().name);
  Json rows = Json::array();
  std::size_t drawn = 0;
  std::size_t all = 0;
  for (const NamedSeries& each : series) {
    const std::vector<std::size_t> points = points_to_draw(each.value);
    for (const std::size_t i : points)
      rows.push_back(
          {{"series", plain_words(each.name)}, {"time", each.time_s[i]}, {"value", each.value[i] * plain.factor}});
    drawn += points.size();
    all += each.value.size();
  }
  const std::string what = series.size() == 1 ? plain_words(series.front().name) : "value";
  const std::string axis =
      plain.name.empty() ? what
                         : (series.size() == 1 && !what.ends_with(plain.name) ? with_unit(what, plain) : plain.name);
  Json chart = specification_of(rows, 240);
  chart["params"] =
      Json::array({{{"name", "shown"}, {"select", {{"type", "point"}, {"fields", {"series"}}}}, {"bind", "legend"}}});
  chart["mark"] = {{"type", "line"}, {"interpolate", "step-after"}};
  chart["encoding"] = {
      {"x", channel("time", "quantitative", "time since the start, s")},
      {"y", channel("value", "quantitative", axis, {{"axis", {{"labelExpr", "format(datum.value, '~s')"}}}})},
      {"color", channel("series", "nominal", "", line_colours())},
      {"opacity", {{"condition", {{"param", "shown"}, {"value", 1}}}, {"value", 0.15}}},
      {"tooltip", Json::array({channel("series", "nominal", "value of"),
                               channel("time", "quantitative", "time, s", {{"format", ",.4~r"}}),
                               channel("value", "quantitative", with_unit("value", plain), {{"format", ",.4~r"}})})}};
  std::string shown =
      drawn == all ? drawn_of(all, all, "values")
                   : fmt::format("{} of {} values are drawn: the smallest and largest of each stretch, "
                                 "so no peak is missing.",
                                 plain_number(static_cast<double>(drawn)), plain_number(static_cast<double>(all)));
  return {"series-" + file_name_of(unit),
          fmt::format("Over time: {}", series.size() == 1 ? what : (plain.name.empty() ? "counts" : plain.name)),
          series.size() == 1 ? "One value over the time of the run."
                             : "A click on a name of the legend shows one line alone.",
          chart, shown};
}

}  // namespace

PageSection series_section(const Json& series)
{
  std::map<std::string, std::vector<NamedSeries>> units;
  PageList constant{"Never changed", {}};
  for (const auto& [name, each] : series.items()) {
    const NamedSeries read{name, each.at("time_s").get<std::vector<double>>(),
                           each.at("value").get<std::vector<double>>()};
    const std::string unit = each.value("unit", "");
    if (read.value.empty())
      continue;
    if (std::ranges::count(read.value, read.value.front()) == std::ssize(read.value))
      constant.lines.push_back(fmt::format("{}: {}", plain_words(name), plain_text(read.value.front(), unit, name)));
    else
      units[unit].push_back(read);
  }
  PageSection section{"Over time", {}};
  for (const auto& [unit, all] : units)
    section.blocks.emplace_back(chart_of(unit, all));
  if (!constant.lines.empty())
    section.blocks.emplace_back(std::move(constant));
  return section;
}

}  // namespace cm::tools
