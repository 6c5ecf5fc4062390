#include "tools/report/sweep_charts.h"

#include "tools/report/chart_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace cm::tools {
namespace {

// From this ratio on, the values of an axis lie better on a logarithmic one.
constexpr double WideRange = 8;

Json rows_of(const BasePoints& base)
{
  Json rows = Json::array();
  for (const PointData& point : base.points) {
    Json row = Json::object();
    for (const SweepAxis& axis : base.axes)
      row[axis.key] = axis_value(axis, point);
    for (const auto& [name, value] : point.numbers)
      row[name] = value;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string parameter_of(std::size_t axis)
{
  return fmt::format("axis_{}", axis);
}

// Lets the reader choose the metric and one value of every axis from `shown` on.
void add_choices(const BasePoints& base, std::size_t shown, Json& chart)
{
  Json parameters = Json::array({choice("metric", "metric", base.metrics)});
  Json transforms = Json::array();
  for (std::size_t i = shown; i < base.axes.size(); ++i) {
    parameters.push_back(choice(parameter_of(i), base.axes[i].short_name(), base.axes[i].values));
    // Choices are texts; of a number the text may be written otherwise.
    const std::string value = datum(base.axes[i].key);
    const std::string wanted = base.axes[i].is_number ? "toNumber(" + parameter_of(i) + ")" : parameter_of(i);
    transforms.push_back({{"filter", fmt::format("{} === {}", value, wanted)}});
  }
  transforms.push_back({{"calculate", "datum[metric]"}, {"as", "chosen metric"}});
  transforms.push_back({{"filter", "isValid(datum['chosen metric'])"}});
  chart["params"] = std::move(parameters);
  chart["transform"] = std::move(transforms);
  chart["title"] = {{"text", {{"expr", "metric"}}}};
}

Json numbers_of(const SweepAxis& axis)
{
  Json numbers = Json::array();
  for (const std::string& value : axis.values) {
    double number = 0;
    std::from_chars(value.data(), value.data() + value.size(), number);
    numbers.push_back(number);
  }
  return numbers;
}

Json horizontal(const SweepAxis& axis)
{
  if (!axis.is_number)
    return channel(axis.key, "nominal", axis.key, {{"sort", nullptr}});
  const Json values = numbers_of(axis);
  const double low = values.front().get<double>();
  const double high = values.back().get<double>();
  Json scale = {{"zero", false}};
  if (low > 0 && high / low >= WideRange)
    scale = {{"type", "log"}, {"base", 2}, {"nice", false}};
  return channel(axis.key, "quantitative", axis.key,
                 {{"scale", scale}, {"axis", {{"values", values}, {"format", "~s"}, {"labelOverlap", true}}}});
}

Json value_channel(const Json& more)
{
  Json result = channel("chosen metric", "quantitative", "");
  result["title"] = nullptr;
  result.update(more);
  return result;
}

Json tooltip_of(const BasePoints& base)
{
  Json fields = Json::array();
  for (const SweepAxis& axis : base.axes)
    fields.push_back(channel(axis.key, axis.is_number ? "quantitative" : "nominal", axis.short_name()));
  fields.push_back(channel("chosen metric", "quantitative", "metric", {{"format", ",.5~g"}}));
  return fields;
}

std::string chosen_rest(const BasePoints& base, std::size_t shown)
{
  std::string names;
  for (std::size_t i = shown; i < base.axes.size(); ++i)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", base.axes[i].short_name());
  return names.empty() ? "" : fmt::format(" One value of {} at a time.", names);
}

}  // namespace

Chart line_chart(const BasePoints& base)
{
  const SweepAxis& across = base.axes.front();
  Json chart = specification_of(rows_of(base), 320);
  add_choices(base, 2, chart);
  chart["mark"] = {{"type", "line"}, {"point", {{"size", 45}}}};
  chart["encoding"] = {{"x", horizontal(across)},
                       {"y", value_channel({{"scale", {{"zero", false}}}, {"axis", {{"format", "~s"}}}})}};
  std::string lines;
  if (base.axes.size() > 1) {
    const SweepAxis& second = base.axes[1];
    chart["encoding"]["color"] = channel(second.key, second.is_number ? "ordinal" : "nominal", second.short_name(),
                                         {{"legend", {{"orient", "top"}, {"columns", 8}}}});
    lines = fmt::format(", a line for each {}", second.short_name());
  }
  chart["encoding"]["tooltip"] = tooltip_of(base);
  return {"lines-" + file_name_of(base.base),
          fmt::format("{}: {} against {}", base.base, base.metrics.front(), across.short_name()),
          fmt::format("A metric of your choice against {}{}.{}", across.key, lines, chosen_rest(base, 2)), chart};
}

Chart surface_chart(const BasePoints& base)
{
  const SweepAxis& across = base.axes[0];
  const SweepAxis& up = base.axes[1];
  Json chart = specification_of(rows_of(base), std::max(160, 34 * static_cast<int>(up.values.size())));
  add_choices(base, 2, chart);
  chart["mark"] = {{"type", "rect"}};
  const auto place = [](const SweepAxis& axis, const char* sort) {
    return channel(
        axis.key, axis.is_number ? "ordinal" : "nominal", axis.key,
        {{"sort", axis.is_number ? Json(sort) : Json(nullptr)}, {"axis", {{"labelAngle", 0}, {"labelOverlap", true}}}});
  };
  chart["encoding"] = {
      {"x", place(across, "ascending")},
      {"y", place(up, "descending")},
      {"color", value_channel({{"scale", {{"zero", false}}},
                               {"legend", {{"orient", "top"}, {"gradientLength", 260}, {"format", "~s"}}}})},
      {"tooltip", tooltip_of(base)}};
  return {"surface-" + file_name_of(base.base),
          fmt::format("{}: {} over {} and {}", base.base, base.metrics.front(), across.short_name(), up.short_name()),
          fmt::format("A metric of your choice as colour.{}", chosen_rest(base, 2)), chart};
}

Chart pareto_chart(const std::vector<PointData>& points, const std::string& base)
{
  Json rows = Json::array();
  std::vector<ParetoPoint> designs = user_against_npu(points);
  // The front is drawn last, so that nothing hides it.
  std::ranges::stable_sort(designs, {}, &ParetoPoint::is_front);
  for (const ParetoPoint& point : designs)
    rows.push_back(
        {{"user", point.x}, {"npu", point.y}, {"point", point.label}, {"kind", point.is_front ? "front" : "beaten"}});
  Json chart = specification_of(rows, 340);
  const Json x =
      channel("user", "quantitative", "tokens/s per user (1000 / TPOT in ms)", {{"scale", {{"zero", false}}}});
  const Json y = channel("npu", "quantitative", "tokens/s per NPU", {{"scale", {{"zero", false}}}});
  const Json tooltip = Json::array({channel("point", "nominal", "point"),
                                    channel("user", "quantitative", "tokens/s per user", {{"format", ",.4~g"}}),
                                    channel("npu", "quantitative", "tokens/s per NPU", {{"format", ",.4~g"}})});
  const Json colours = {{"domain", {"front", "beaten"}}, {"range", {"#e0822f", "#3b82c4"}}};
  const Json colour =
      channel("kind", "nominal", "", {{"scale", colours}, {"legend", {{"orient", "top"}, {"title", nullptr}}}});
  chart["encoding"] = {{"x", x}, {"y", y}};
  chart["layer"] = Json::array({{{"transform", Json::array({{{"filter", "datum.kind === 'front'"}}})},
                                 {"mark", {{"type", "line"}, {"color", "#e0822f"}, {"opacity", 0.7}}},
                                 {"encoding", {{"order", {{"field", "user"}, {"type", "quantitative"}}}}}},
                                {{"mark", {{"type", "point"}, {"filled", true}, {"size", 70}, {"opacity", 0.85}}},
                                 {"encoding", {{"color", colour}, {"tooltip", tooltip}}}}});
  return {"pareto-" + file_name_of(base), fmt::format("{}: users against NPUs", base),
          "Speed for one user against work done by an NPU. No point is better in both numbers than one of the front.",
          chart};
}

}  // namespace cm::tools
