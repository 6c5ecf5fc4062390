#include "tools/report/serving/serving_charts.h"

#include "tools/report/chart_parts.h"
#include "tools/report/numbers/plain_unit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

namespace cm::tools {
namespace {

constexpr int BarHeight = 22;
constexpr int LinesHeight = 240;
constexpr int TicksWanted = 8;
// A part that is nowhere more than this share of a request is too thin to be seen.
constexpr double ThinShare = 0.002;

Json tooltip_of(std::initializer_list<Json> fields)
{
  return Json::array_t(fields);
}

double largest_of(const LatencyWindows& windows)
{
  double largest = 0;
  for (const auto& [name, values] : windows.percentiles)
    for (const double value : values)
      largest = std::max(largest, value);
  return largest;
}

// A row a window and percentile; `middle_s` is where its point stands.
Json window_rows(const LatencyWindows& windows, const PlainUnit& unit)
{
  Json rows = Json::array();
  for (const auto& [name, values] : windows.percentiles)
    for (std::size_t i = 0; i < values.size(); ++i) {
      const double from = i == 0 ? 0 : windows.end_s[i - 1];
      rows.push_back({{"percentile", name},
                      {"from_s", from},
                      {"middle_s", (from + windows.end_s[i]) / 2},
                      {"to_s", windows.end_s[i]},
                      {"value", values[i] * unit.factor},
                      {"requests", windows.requests[i]}});
    }
  return rows;
}

// A dashed line with its name.
Json objective_layers(double at, const std::string& text)
{
  const Json data = {{"values", Json::array({{{"at", at}, {"text", text}}})}};
  const Json y = channel("at", "quantitative", "");
  return Json::array({{{"data", data},
                       {"mark", {{"type", "rule"}, {"strokeDash", {6, 4}}, {"opacity", 0.8}}},
                       {"encoding", {{"y", y}}}},
                      {{"data", data},
                       {"mark",
                        {{"type", "text"},
                         {"align", "left"},
                         {"baseline", "bottom"},
                         {"fontSize", 11},
                         {"x", 0},
                         {"dx", 4},
                         {"dy", -3}}},
                       {"encoding", {{"y", y}, {"text", channel("text", "nominal", "")}}}}});
}

// A title within a sentence.
std::string lower(std::string title)
{
  if (!title.empty())
    title.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(title.front())));
  return title;
}

// An objective far above all values would press them into a line.
bool draws_objective(const LatencyWindows& windows)
{
  constexpr double NearEnough = 3;
  return windows.objective_ms < NearEnough * largest_of(windows);
}

std::string latency_sentence(const LatencyWindows& windows, const std::string& title)
{
  const auto [least, most] = std::ranges::minmax_element(windows.requests);
  const std::string each =
      *least == *most ? fmt::format("{:.0f}", *least) : fmt::format("{:.0f} to {:.0f}", *least, *most);
  return fmt::format(
      "Percentiles of the {} by when requests arrived, those of the warm-up included: {} windows of {} "
      "requests. {}",
      lower(title), windows.requests.size(), each,
      draws_objective(windows)
          ? "Where p90 is above the objective, more than a tenth of the requests missed it."
          : fmt::format("The objective, {}, lies far above the chart.", plain_text(windows.objective_ms, "ms")));
}

struct PartNames {
  std::vector<std::string> all;   // in order
  std::vector<std::string> thin;  // that are nowhere visible
};

PartNames part_names(const std::vector<RequestTime>& requests)
{
  PartNames names;
  std::vector<double> largest;
  for (const RequestTime& request : requests)
    for (const RequestPart& part : request.parts) {
      const auto found = std::ranges::find(names.all, part.name);
      const auto index = static_cast<std::size_t>(found - names.all.begin());
      if (found == names.all.end()) {
        names.all.push_back(part.name);
        largest.push_back(0);
      }
      const double whole = request.parts.back().end;
      largest[index] = std::max(largest[index], whole > 0 ? (part.end - part.start) / whole : 0);
    }
  for (std::size_t i = 0; i < names.all.size(); ++i)
    if (largest[i] < ThinShare)
      names.thin.push_back(names.all[i]);
  std::erase_if(names.all, [&](const auto& name) { return std::ranges::find(names.thin, name) != names.thin.end(); });
  return names;
}

// The same colour for a part in all charts of a page.
Json part_colours(const std::vector<std::string>& shown)
{
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> Colours{{{"ingress", "#7a8896"},
                                                                                  {"look-up", "#b0573b"},
                                                                                  {"load of cached KV", "#35a7bd"},
                                                                                  {"queue for prefill", "#e0822f"},
                                                                                  {"prefill", "#3b82c4"},
                                                                                  {"room for decode", "#c7547b"},
                                                                                  {"hand-over", "#8a6fd1"},
                                                                                  {"first decode", "#3aa176"},
                                                                                  {"decode", "#a3c585"}}};
  Json range = Json::array();
  for (const std::string& name : shown) {
    const auto* const found = std::ranges::find(Colours, name, [](const auto& each) { return each.first; });
    range.push_back(found == Colours.end() ? "#a08a2c" : std::string(found->second));
  }
  return channel("part", "nominal", "",
                 {{"sort", nullptr},
                  {"scale", {{"domain", shown}, {"range", range}}},
                  {"legend", {{"orient", "top"}, {"title", nullptr}, {"columns", 3}}}});
}

std::string shown_text(const std::vector<RequestTime>& requests, const PartNames& names)
{
  std::string text = drawn_of(requests.size(), requests.size(), "requests of the list");
  for (std::size_t i = 0; i < names.thin.size(); ++i)
    text += fmt::format("{}{}", i == 0 ? " Too short to be seen: " : ", ", names.thin[i]);
  return names.thin.empty() ? text : text + ".";
}

}  // namespace

Chart latency_chart(const std::string& name, const std::string& title, const LatencyWindows& windows)
{
  const double largest = largest_of(windows);
  const PlainUnit unit = plain_unit("ms", draws_objective(windows) ? std::max(largest, windows.objective_ms) : largest);
  Json chart = specification_of(window_rows(windows, unit), LinesHeight);
  const Json y = channel("value", "quantitative", with_unit(lower(title), unit));
  const Json colour =
      channel("percentile", "nominal", "", {{"sort", nullptr}, {"legend", {{"orient", "top"}, {"title", nullptr}}}});
  const Json tooltip = tooltip_of({channel("percentile", "nominal", "percentile"),
                                   channel("value", "quantitative", unit.name, {{"format", ",.4~g"}}),
                                   channel("from_s", "quantitative", "arrived from, s", {{"format", ",.4~g"}}),
                                   channel("to_s", "quantitative", "to, s", {{"format", ",.4~g"}}),
                                   channel("requests", "quantitative", "requests")});
  const Json middle = channel("middle_s", "quantitative", "");
  chart["layer"] = Json::array({{{"mark", {{"type", "rule"}, {"strokeWidth", 2}}},
                                 {"encoding",
                                  {{"x", channel("from_s", "quantitative", "time of arrival, s")},
                                   {"x2", {{"field", "to_s"}}},
                                   {"y", y},
                                   {"color", colour},
                                   {"tooltip", tooltip}}}},
                                {{"mark", {{"type", "line"}, {"strokeWidth", 1}, {"opacity", 0.6}}},
                                 {"encoding", {{"x", middle}, {"y", y}, {"color", colour}}}},
                                {{"mark", {{"type", "point"}, {"filled", true}, {"size", 30}}},
                                 {"encoding", {{"x", middle}, {"y", y}, {"color", colour}, {"tooltip", tooltip}}}}});
  const double objective = windows.objective_ms * unit.factor;
  if (draws_objective(windows))
    for (const Json& layer :
         objective_layers(objective, fmt::format("objective: {} {}", plain_number(objective), unit.name)))
      chart["layer"].push_back(layer);
  return {name, title, latency_sentence(windows, title), chart,
          drawn_of(windows.end_s.size(), windows.end_s.size(), "windows")};
}

Chart parts_chart(const std::string& name, const std::string& title, const std::vector<RequestTime>& requests)
{
  double largest = 0;
  for (const RequestTime& request : requests)
    largest = std::max(largest, request.parts.empty() ? 0 : request.parts.back().end);
  const PlainUnit unit = plain_unit("ms", largest);
  const PartNames names = part_names(requests);
  Json rows = Json::array();
  for (const RequestTime& request : requests)
    for (const RequestPart& part : request.parts)
      if (std::ranges::find(names.all, part.name) != names.all.end())
        rows.push_back({{"request", request.label},
                        {"part", part.name},
                        {"from", part.start * unit.factor},
                        {"to", part.end * unit.factor},
                        {"took", (part.end - part.start) * unit.factor}});
  Json chart = specification_of(rows, BarHeight * static_cast<int>(requests.size()));
  chart["mark"] = {{"type", "bar"}};
  chart["encoding"] = {
      {"y", channel("request", "nominal", "request", {{"sort", nullptr}})},
      {"x", channel("from", "quantitative", with_unit("time since the request arrived", unit),
                    {{"axis", {{"tickCount", TicksWanted}}}})},
      {"x2", {{"field", "to"}}},
      {"color", part_colours(names.all)},
      {"tooltip", tooltip_of({channel("request", "nominal", "request"), channel("part", "nominal", "part"),
                              channel("took", "quantitative", unit.name, {{"format", ",.4~g"}})})}};
  return {name, title, "A bar a request, by its number in order of arrival, slowest first.", chart,
          shown_text(requests, names)};
}

Chart requests_chart(const std::vector<RequestTime>& requests)
{
  const PartNames names = part_names(requests);
  Json rows = Json::array();
  for (const RequestTime& request : requests)
    for (const RequestPart& part : request.parts)
      if (std::ranges::find(names.all, part.name) != names.all.end())
        rows.push_back({{"request", request.label},
                        {"part", part.name},
                        {"from_s", request.arrival_s + part.start / 1000},
                        {"to_s", request.arrival_s + part.end / 1000},
                        {"took", (part.end - part.start) / 1000}});
  Json chart = specification_of(rows, BarHeight * static_cast<int>(requests.size()));
  // A line around each bar: short ones would be nothing on the axis of a long run.
  chart["mark"] = {{"type", "bar"}, {"strokeWidth", 1}};
  const Json colour = part_colours(names.all);
  chart["encoding"] = {
      {"y", channel("request", "nominal", "request", {{"sort", nullptr}})},
      {"x", channel("from_s", "quantitative", "time since the start, s",
                    {{"scale", {{"zero", false}}}, {"axis", {{"tickCount", TicksWanted}}}})},
      {"x2", {{"field", "to_s"}}},
      {"color", colour},
      {"stroke", colour},
      {"tooltip", tooltip_of({channel("request", "nominal", "request"), channel("part", "nominal", "part"),
                              channel("from_s", "quantitative", "from, s", {{"format", ",.6~g"}}),
                              channel("took", "quantitative", "for, s", {{"format", ",.4~g"}})})}};
  return {"slowest-over-time", "When they were served",
          "The same requests in order of arrival, from their arrival to their last token. Bars below each other were "
          "served at the same time.",
          chart, shown_text(requests, names)};
}

}  // namespace cm::tools
