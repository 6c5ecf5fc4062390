#include "tools/report/load/load_section.h"

#include "sim/units/parse_quantity.h"
#include "tools/report/chart_parts.h"
#include "tools/report/numbers/plain_unit.h"
#include "tools/results/run_health.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cm::tools {
namespace {

constexpr double Percent = 100;
constexpr double Milliseconds = 1000;
constexpr const char* Rate = "rate";
constexpr const char* RateTitle = "offered load, requests/s";
constexpr const char* Limit = "#d9534a";  // to be read on light and on dark pages
// The line of the service levels taken together: wide, as another one often lies on it.
constexpr const char* Both = "both levels";

// One column of the two tables, by the order of the trials.
class Trials {
 public:
  explicit Trials(const Json& result)
  {
    for (const char* const name : {"capacity", "capacity_levels"})
      if (const auto tables = result.find("tables"); tables != result.end() && tables->contains(name))
        tables_.push_back(tables->at(name));
  }

  [[nodiscard]] bool empty() const { return tables_.empty() || count() == 0; }
  [[nodiscard]] std::size_t count() const { return tables_.front().at("rows").size(); }

  [[nodiscard]] std::vector<std::string> columns() const
  {
    std::vector<std::string> names;
    for (const Json& table : tables_)
      for (const Json& column : table.at("columns"))
        names.push_back(column.get<std::string>());
    return names;
  }

  // Null where a trial has no such number, or no table such a column.
  [[nodiscard]] Json at(std::size_t trial, std::string_view column) const
  {
    for (const Json& table : tables_) {
      const Json& columns = table.at("columns");
      const auto found = std::ranges::find(columns, column);
      if (found != columns.end() && trial < table.at("rows").size())
        return table.at("rows").at(trial).at(static_cast<std::size_t>(found - columns.begin()));
    }
    return nullptr;
  }

 private:
  std::vector<Json> tables_;
};

// A line of a chart: its name and its column.
using Line = std::pair<std::string, std::string>;

struct LoadChart {
  std::string name;
  std::string title;
  std::string axis;
  std::vector<Line> lines;
  double factor = 1;
  std::string unit;
  std::optional<double> limit{};  // in the chart's unit
  std::string limit_text{};
  std::string beyond{};  // the limit in words where it lies too far away to be drawn
};

std::optional<double> metric_of(const Json& result, const char* name)
{
  const auto metrics = result.find("metrics");
  if (metrics == result.end() || !metrics->contains(name) || !metrics->at(name).at("value").is_number())
    return std::nullopt;
  return metrics->at(name).at("value").get<double>();
}

// The level in ms as the scenario has it.
std::optional<double> level_ms(const Json& result, const char* key)
{
  const Json& run = result.at("run");
  const auto inputs = run.find("inputs");
  if (inputs == run.end() || !inputs->contains("workload") || !inputs->at("workload").contains(key))
    return std::nullopt;
  const Json& text = inputs->at("workload").at(key);
  const auto level = text.is_string() ? parse_seconds(text.get<std::string>()) : std::nullopt;
  return level ? std::optional(level->count() * Milliseconds) : std::nullopt;
}

const char* standing_of(const Trials& trials, std::size_t trial)
{
  if (trials.at(trial, "steady") == "no")
    return "not steady";
  return trials.at(trial, "holds") == "yes" ? "holds" : "does not hold";
}

Json rows_of(const Trials& trials, const LoadChart& wanted)
{
  Json rows = Json::array();
  for (const auto& [name, column] : wanted.lines)
    for (std::size_t trial = 0; trial < trials.count(); ++trial)
      if (const Json value = trials.at(trial, column); value.is_number())
        rows.push_back({{Rate, trials.at(trial, "arrival_rps")},
                        {"line", name},
                        {"value", value.get<double>() * wanted.factor},
                        {"standing", standing_of(trials, trial)}});
  return rows;
}

enum class Side { Left, Right };

// A dashed line over the whole chart with a text where curves seldom are: at an end of a line across, above the chart
// on one side of an upright one. It has data of itself, one row: it would else be drawn for every trial.
Json marked_value(const char* axis, const std::string& title, double value, const std::string& text, Side side)
{
  const bool is_across = std::string_view(axis) == "y";
  const Json once = {{"values", Json::array({Json::object()})}};
  const Json encoding = {{axis, {{"datum", value}, {"type", "quantitative"}, {"title", title}}}};
  Json layers = Json::array();
  layers.push_back({{"data", once},
                    {"mark", {{"type", "rule"}, {"strokeDash", {6, 4}}, {"color", Limit}, {"strokeWidth", 1.5}}},
                    {"encoding", encoding}});
  Json label = {{"type", "text"}, {"color", Limit}, {"text", text}, {"fontSize", 11}};
  const bool is_left = side == Side::Left;
  label.update({{"baseline", "bottom"}, {"dy", -3}});
  if (is_across)
    label.update({{"align", is_left ? "left" : "right"}, {"x", is_left ? Json(0) : Json{{"expr", "width"}}}});
  else
    label.update({{"align", is_left ? "right" : "left"}, {"y", 0}});
  layers.push_back({{"data", once}, {"mark", label}, {"encoding", encoding}});
  return layers;
}

// Shapes of the standings that the trials have; the names of one alone would tell nothing apart.
Json shape_channel(const Trials& trials)
{
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> Shapes{
      {{"holds", "circle"}, {"does not hold", "square"}, {"not steady", "cross"}}};
  Json domain = Json::array();
  Json range = Json::array();
  for (const auto& [standing, shape] : Shapes)
    for (std::size_t trial = 0; trial < trials.count(); ++trial)
      if (standing == standing_of(trials, trial)) {
        domain.push_back(standing);
        range.push_back(shape);
        break;
      }
  const Json legend = domain.size() < 2 ? Json(nullptr)
                                        : Json{{"orient", "bottom"},
                                               {"direction", "horizontal"},
                                               {"title", nullptr},
                                               {"symbolFillColor", "currentColor"},
                                               {"symbolStrokeColor", "currentColor"}};
  return channel("standing", "nominal", "", {{"scale", {{"domain", domain}, {"range", range}}}, {"legend", legend}});
}

Json point_layer(const Trials& trials, const LoadChart& wanted, const Json& place, const Json& colour)
{
  const Json tooltip =
      Json::array({channel(Rate, "quantitative", RateTitle, {{"format", ",.4~r"}}), channel("line", "nominal", "of"),
                   channel("value", "quantitative", fmt::format("value, {}", wanted.unit), {{"format", ",.4~r"}}),
                   channel("standing", "nominal", "service levels")});
  Json encoding = place;
  encoding["color"] = colour;
  encoding["shape"] = shape_channel(trials);
  encoding["tooltip"] = tooltip;
  return {{"mark", {{"type", "point"}, {"filled", true}, {"size", 75}, {"opacity", 1}}}, {"encoding", encoding}};
}

// Side of the chart where the two texts do not meet: the capacity is seldom among the low rates.
Side side_of_texts(const Trials& trials, std::optional<double> capacity)
{
  double least = std::numeric_limits<double>::max();
  double most = 0;
  for (std::size_t trial = 0; trial < trials.count(); ++trial)
    if (const Json rate = trials.at(trial, "arrival_rps"); rate.is_number()) {
      least = std::min(least, rate.get<double>());
      most = std::max(most, rate.get<double>());
    }
  return capacity && 2 * *capacity < least + most ? Side::Right : Side::Left;
}

Chart chart_of(const Trials& trials, const LoadChart& wanted, std::optional<double> capacity)
{
  const Side side = side_of_texts(trials, capacity);
  const Json rows = rows_of(trials, wanted);
  const std::size_t drawn = rows.size();
  Json chart = specification_of(rows, 260);
  // Lines and points alone have both axes: the marked values are on one each.
  const Json place = {
      {"x", channel(Rate, "quantitative", RateTitle, {{"scale", {{"zero", false}}}, {"axis", {{"format", "~r"}}}})},
      {"y",
       channel("value", "quantitative", wanted.axis, {{"scale", {{"zero", false}}}, {"axis", {{"format", "~r"}}}})}};
  const Json colour = channel("line", "nominal", "", line_colours());
  Json line = place;
  line["color"] = colour;
  Json layers = Json::array();
  if (std::ranges::find(wanted.lines, Both, &Line::first) != wanted.lines.end())
    layers.push_back({{"transform", Json::array({{{"filter", fmt::format("{} === '{}'", datum("line"), Both)}}})},
                      {"mark", {{"type", "line"}, {"strokeWidth", 6}}},
                      {"encoding", line}});
  layers.push_back({{"mark", {{"type", "line"}}}, {"encoding", line}});
  layers.push_back(point_layer(trials, wanted, place, colour));
  std::string sentence = "A point is one rate that was tried.";
  if (wanted.limit) {
    for (const Json& layer : marked_value("y", wanted.axis, *wanted.limit, wanted.limit_text, side))
      layers.push_back(layer);
    sentence += fmt::format(" The line across: {}.", wanted.limit_text);
  }
  sentence += wanted.beyond;
  if (capacity) {
    const std::string text = fmt::format("capacity {}", plain_number(*capacity));
    for (const Json& layer : marked_value("x", RateTitle, *capacity, text, side))
      layers.push_back(layer);
    sentence += fmt::format(" The upright line: the capacity that was found, {} requests/s.", plain_number(*capacity));
  }
  chart["layer"] = std::move(layers);
  std::string shown = drawn_of(drawn, trials.count() * wanted.lines.size(), "values");
  if (drawn < trials.count() * wanted.lines.size())
    shown += " The others are not in the result: no request finished, or an earlier version wrote it.";
  return {"load-" + wanted.name, wanted.title, sentence, chart, shown};
}

// The percentile that the search judges by, read from the name of its column: "TTFT p95 (ms)" where 95 % must hold
// the levels.
std::string judged_percentile(const Trials& trials, const std::string& level)
{
  for (const std::string& column : trials.columns())
    if (column.starts_with(level + " p") && column.ends_with(" (ms)"))
      return column.substr(level.size() + 2, column.size() - level.size() - 2 - std::string_view(" (ms)").size());
  return {};
}

std::vector<Line> percentile_lines(const Trials& trials, const std::string& level)
{
  std::vector<Line> lines{{"99 % have at most", level + " p99"}};
  if (const std::string judged = judged_percentile(trials, level); !judged.empty() && judged != "99")
    lines.emplace_back(judged + " % have at most", fmt::format("{} p{} (ms)", level, judged));
  lines.emplace_back("median", level + " p50");
  return lines;
}

LoadChart latency_chart(const Json& result, const Trials& trials, bool is_first_token)
{
  const std::vector<Line> lines = percentile_lines(trials, is_first_token ? "TTFT" : "TPOT");
  double largest = 0;
  for (const auto& [name, column] : lines)
    for (std::size_t trial = 0; trial < trials.count(); ++trial)
      if (const Json value = trials.at(trial, column); value.is_number())
        largest = std::max(largest, value.get<double>());
  const PlainUnit unit = plain_unit("ms", largest);
  const std::string words = is_first_token ? "time to first token" : "time per output token";
  LoadChart chart{is_first_token ? "ttft" : "tpot",
                  fmt::format("{} over offered load", capitalised(words)),
                  with_unit(words, unit),
                  lines,
                  unit.factor,
                  unit.name};
  // A level far above all values would press them into a line.
  constexpr double NearEnough = 3;
  if (const auto level = level_ms(result, is_first_token ? "slo.ttft" : "slo.tpot")) {
    const std::string text = fmt::format("service level {}", plain_text(*level, "ms"));
    if (*level < NearEnough * largest) {
      chart.limit = *level * unit.factor;
      chart.limit_text = text;
    } else {
      chart.beyond = fmt::format(" The {} lies far above the chart.", text);
    }
  }
  return chart;
}

}  // namespace

PageSection load_section(const Json& result)
{
  PageSection section{"Load and capacity", {}};
  const Trials trials(result);
  if (trials.empty())
    return section;
  std::optional<double> capacity = metric_of(result, "capacity_rps");
  if (capacity == 0)
    capacity.reset();
  const double required = Percent * health_of(result).required_attainment;
  LoadChart held{
      "attainment",
      "Requests that hold the service levels over offered load",
      "share of the requests, %",
      {{Both, "share"}, {"time to first token alone", "TTFT share"}, {"time per output token alone", "TPOT share"}},
      Percent,
      "%",
      required,
      fmt::format("required: {} %", plain_number(required))};
  section.blocks.emplace_back(chart_of(trials, held, capacity));
  section.blocks.emplace_back(chart_of(trials, latency_chart(result, trials, true), capacity));
  section.blocks.emplace_back(chart_of(trials, latency_chart(result, trials, false), capacity));
  return section;
}

}  // namespace cm::tools
