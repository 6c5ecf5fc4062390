#include "tools/report/sweep/sweep_charts.h"

#include "tools/report/chart_parts.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace cm::tools {
namespace {

// From this ratio on, the values of an axis lie better on a logarithmic one.
constexpr double WideRange = 8;
// Values of an axis whose linked keys are told one by one.
constexpr std::size_t MostLinksTold = 8;

// Field of a row: RunHealth::mark(). Only where a point has one.
constexpr const char* Standing = "in doubt";
constexpr const char* Doubt = "#c9302c";

bool has_marks(const BasePoints& base)
{
  return std::ranges::any_of(base.points, [](const PointData& point) { return !point.health.mark().empty(); });
}

std::size_t unsteady_in(const std::vector<PointData>& points)
{
  return static_cast<std::size_t>(
      std::ranges::count_if(points, [](const PointData& point) { return !point.health.is_steady; }));
}

// Crosses over the points that are not steady, whatever the chart draws there.
Json unsteady_layer(const Json& tooltip)
{
  const std::string field = datum(Standing);
  return {{"transform",
           Json::array({{{"filter", fmt::format("{} === 'overloaded' || {} === 'not steady'", field, field)}}})},
          {"mark",
           {{"type", "point"},
            {"shape", "cross"},
            {"angle", 45},
            {"filled", true},
            {"size", 170},
            {"opacity", 1},
            {"color", Doubt}}},
          {"encoding", {{"color", {{"value", Doubt}}}, {"tooltip", tooltip}}}};
}

// The chart's mark, with crosses over it where points are not steady.
void mark_unsteady(const BasePoints& base, const Json& tooltip, Chart& chart)
{
  const std::size_t unsteady = unsteady_in(base.points);
  if (unsteady == 0)
    return;
  Json& specification = chart.specification;
  specification["layer"] = Json::array({{{"mark", specification.at("mark")}}, unsteady_layer(tooltip)});
  specification.erase("mark");
  chart.sentence +=
      fmt::format(" A red cross is a point that is not steady ({} of {}): its numbers depend on the length "
                  "of the run.",
                  unsteady, base.points.size());
}

Json rows_of(const BasePoints& base)
{
  Json rows = Json::array();
  for (const PointData& point : base.points) {
    Json row = Json::object();
    for (const SweepAxis& axis : base.axes)
      row[axis.key] = axis_value(axis, point);
    for (const SweepAxis& axis : base.axes)
      for (const std::string& key : axis.linked)
        row[key] = text_at(point, key);
    for (const auto& [name, value] : point.numbers)
      row[name] = value * base.unit_of(name).factor;
    if (has_marks(base))
      row[Standing] = point.health.mark();
    rows.push_back(std::move(row));
  }
  return rows;
}

std::string parameter_of(std::size_t axis)
{
  return fmt::format("axis_{}", axis);
}

// Names of the metrics as an expression that gives the text behind each.
template <typename Text>
std::string chosen_text(const BasePoints& base, const Text& text)
{
  Json texts = Json::object();
  for (const std::string& metric : base.metrics)
    texts[metric] = text(metric);
  return texts.dump(-1, ' ', true, Json::error_handler_t::replace) + "[metric]";
}

// Two lines over the chart: the metric, and which points are there.
std::string heading(const BasePoints& base, std::size_t shown)
{
  const std::string title = chosen_text(base, [&](const std::string& metric) { return base.title_of(metric); });
  const std::string count = chosen_text(base, [&](const std::string& metric) {
    const auto have =
        std::ranges::count_if(base.points, [&](const PointData& p) { return p.number(metric) != nullptr; });
    return fmt::format("{} of {} points have it", have, base.points.size());
  });
  std::string rest;
  for (std::size_t i = shown; i < base.axes.size(); ++i)
    rest += fmt::format(" + ', {} ' + {}", base.axes[i].short_name(), parameter_of(i));
  return fmt::format("[{}, {}{}]", title, count, rest);
}

// Lets the reader choose the metric and one value of every axis from `shown` on.
void add_choices(const BasePoints& base, std::size_t shown, Json& chart)
{
  Json metric = choice("metric", "metric", base.metrics);
  Json labels = Json::array();
  for (const std::string& name : base.metrics)
    labels.push_back(fmt::format("{}: {}", name, base.title_of(name)));
  metric["bind"]["labels"] = std::move(labels);
  Json parameters = Json::array({std::move(metric)});
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
  chart["title"] = {{"text", {{"expr", heading(base, shown)}}}};
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
    return channel(axis.key, "nominal", axis.title(), {{"sort", nullptr}});
  const Json values = numbers_of(axis);
  const double low = values.front().get<double>();
  const double high = values.back().get<double>();
  Json scale = {{"zero", false}};
  if (low > 0 && high / low >= WideRange)
    scale = {{"type", "log"}, {"base", 2}, {"nice", false}};
  return channel(axis.key, "quantitative", axis.title(),
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
  for (const SweepAxis& axis : base.axes)
    for (const std::string& key : axis.linked)
      fields.push_back(channel(key, "nominal", key.substr(key.rfind('.') + 1)));
  fields.push_back(channel("chosen metric", "quantitative", "metric", {{"format", ",.5~r"}}));
  if (has_marks(base))
    fields.push_back(channel(Standing, "nominal", Standing));
  return fields;
}

std::string chosen_rest(const BasePoints& base, std::size_t shown)
{
  std::string names;
  for (std::size_t i = shown; i < base.axes.size(); ++i)
    names += fmt::format("{}{}", names.empty() ? "" : ", ", base.axes[i].short_name());
  return names.empty() ? "" : fmt::format(" One value of {} at a time.", names);
}

// Keys that change together, with their values where these are few.
std::string links_of(const BasePoints& base)
{
  std::string text;
  for (const SweepAxis& axis : base.axes)
    if (const std::string links = links_text(axis, base.points); !links.empty())
      text += axis.values.size() <= MostLinksTold ? fmt::format(" Changed together: {}.", links)
                                                  : fmt::format(" Changed together: {}.", axis.title());
  return text;
}

const char* kind_of(const ParetoPoint& point)
{
  if (!point.is_ranked)
    return "not steady";
  return point.is_front ? "front" : "beaten";
}

}  // namespace

PlainUnit BasePoints::unit_of(const std::string& metric) const
{
  const auto fact = facts.find(metric);
  if (fact == facts.end())
    return {};
  double largest = 0;
  for (const PointData& point : points)
    if (const double* const value = point.number(metric))
      largest = std::max(largest, std::abs(*value));
  return plain_unit(fact->second.unit, largest, metric);
}

std::string BasePoints::title_of(const std::string& metric) const
{
  return with_unit(plain_words(metric), unit_of(metric));
}

std::string BasePoints::shown(std::size_t drawn) const
{
  std::string text = drawn_of(drawn, points.size(), "points with a result");
  if (!undone.empty())
    text += fmt::format(" Not drawn: {}.", undone);
  return text;
}

Chart line_chart(const BasePoints& base)
{
  const SweepAxis& across = base.axes.front();
  Json chart = specification_of(rows_of(base), 320);
  add_choices(base, 2, chart);
  chart["mark"] = {{"type", "line"}, {"point", {{"size", 45}}}};
  chart["encoding"] = {{"x", horizontal(across)},
                       {"y", value_channel({{"scale", {{"zero", false}}}, {"axis", {{"format", "~r"}}}})}};
  std::string lines;
  if (base.axes.size() > 1) {
    const SweepAxis& second = base.axes[1];
    chart["encoding"]["color"] = channel(second.key, second.is_number ? "ordinal" : "nominal", second.short_name(),
                                         {{"legend", {{"orient", "top"}, {"columns", 8}}}});
    lines = fmt::format(", a line for each {}", second.short_name());
  }
  chart["encoding"]["tooltip"] = tooltip_of(base);
  Chart result{
      "lines-" + file_name_of(base.base),
      fmt::format("{}: {} against {}", base.base, plain_words(base.metrics.front()), plain_words(across.short_name())),
      fmt::format("A metric of your choice against {}{}.{}{}", across.key, lines, chosen_rest(base, 2), links_of(base)),
      chart, base.shown(base.points.size())};
  mark_unsteady(base, tooltip_of(base), result);
  return result;
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
        axis.key, axis.is_number ? "ordinal" : "nominal", axis.title(),
        {{"sort", axis.is_number ? Json(sort) : Json(nullptr)}, {"axis", {{"labelAngle", 0}, {"labelOverlap", true}}}});
  };
  chart["encoding"] = {
      {"x", place(across, "ascending")},
      {"y", place(up, "descending")},
      {"color", value_channel({{"scale", {{"zero", false}}},
                               {"legend", {{"orient", "top"}, {"gradientLength", 260}, {"format", "~r"}}}})},
      {"tooltip", tooltip_of(base)}};
  Chart result{"surface-" + file_name_of(base.base),
               fmt::format("{}: {} over {} and {}", base.base, plain_words(base.metrics.front()),
                           plain_words(across.short_name()), plain_words(up.short_name())),
               fmt::format("A metric of your choice as colour.{}", chosen_rest(base, 2)), chart,
               base.shown(base.points.size())};
  mark_unsteady(base, tooltip_of(base), result);
  return result;
}

Chart pareto_chart(const BasePoints& base)
{
  const std::vector<PointData>& points = base.points;
  Json rows = Json::array();
  std::vector<ParetoPoint> designs = user_against_npu(points);
  // The front is drawn last, so that nothing hides it.
  std::ranges::stable_sort(designs, {}, &ParetoPoint::is_front);
  for (const ParetoPoint& point : designs)
    rows.push_back({{"user", point.x}, {"npu", point.y}, {"point", marked_label(point)}, {"kind", kind_of(point)}});
  const std::size_t unsteady = unsteady_in(points);
  Json chart = specification_of(rows, 340);
  const Json x =
      channel("user", "quantitative", "tokens/s per user (1000 / TPOT in ms)", {{"scale", {{"zero", false}}}});
  const Json y = channel("npu", "quantitative", "tokens/s per NPU", {{"scale", {{"zero", false}}}});
  const Json tooltip = Json::array({channel("point", "nominal", "point"),
                                    channel("user", "quantitative", "tokens/s per user", {{"format", ",.4~g"}}),
                                    channel("npu", "quantitative", "tokens/s per NPU", {{"format", ",.4~g"}})});
  Json colours = {{"domain", {"front", "beaten"}}, {"range", {"#e0822f", "#3b82c4"}}};
  Json shapes = {{"domain", {"front", "beaten"}}, {"range", {"circle", "circle"}}};
  if (unsteady > 0) {
    for (Json* const scale : {&colours, &shapes})
      scale->at("domain").push_back("not steady");
    colours["range"].push_back(Doubt);
    shapes["range"].push_back("cross");
  }
  const Json colour =
      channel("kind", "nominal", "", {{"scale", colours}, {"legend", {{"orient", "top"}, {"title", nullptr}}}});
  const Json shape =
      channel("kind", "nominal", "", {{"scale", shapes}, {"legend", {{"orient", "top"}, {"title", nullptr}}}});
  std::string sentence =
      "Speed for one user against work done by an NPU. No point is better in both numbers than one of the front.";
  if (unsteady > 0)
    sentence += fmt::format(" {} of {} points are not steady, so they are not ranked.", unsteady, designs.size());
  chart["encoding"] = {{"x", x}, {"y", y}};
  chart["layer"] = Json::array({{{"transform", Json::array({{{"filter", "datum.kind === 'front'"}}})},
                                 {"mark", {{"type", "line"}, {"color", "#e0822f"}, {"opacity", 0.7}}},
                                 {"encoding", {{"order", {{"field", "user"}, {"type", "quantitative"}}}}}},
                                {{"mark", {{"type", "point"}, {"filled", true}, {"size", 70}, {"opacity", 0.85}}},
                                 {"encoding", {{"color", colour}, {"shape", shape}, {"tooltip", tooltip}}}}});
  std::string shown = base.shown(designs.size());
  if (designs.size() < points.size())
    shown += " The others do not have both numbers.";
  return {"pareto-" + file_name_of(base.base), fmt::format("{}: users against NPUs", base.base), sentence, chart,
          shown};
}

}  // namespace cm::tools
