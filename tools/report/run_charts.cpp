#include "tools/report/run_charts.h"

#include "tools/report/chart_parts.h"
#include "tools/report/numbers/plain_unit.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::tools {
namespace {

constexpr int BarHeight = 26;
constexpr double RoomForLabel = 1.3;  // axis over the longest bar
constexpr double Percent = 100;

Json nice_tooltip(std::initializer_list<Json> fields)
{
  return Json::array_t(fields);
}

}  // namespace

Chart breakdown_chart(const Json& breakdown, const std::string& whole)
{
  double total = 0;
  double longest = 0;
  std::string declared;
  for (const auto& [name, part] : breakdown.items()) {
    total += part.at("value").get<double>();
    longest = std::max(longest, part.at("value").get<double>());
    declared = part.at("unit").get<std::string>();
  }
  const PlainUnit unit = plain_unit(declared, total);
  Json rows = Json::array();
  for (const auto& [name, part] : breakdown.items()) {
    const double value = part.at("value").get<double>();
    const double share = total > 0 ? value / total : 0;
    rows.push_back({{"part", name},
                    {"value", value * unit.factor},
                    {"share", share},
                    {"label", fmt::format("{:.1f} %", Percent * share)}});
  }
  Json chart = specification_of(rows, BarHeight * static_cast<int>(rows.size()));
  const Json part = channel("part", "nominal", "", {{"sort", nullptr}, {"axis", {{"title", nullptr}}}});
  // Room behind the longest bar for its label, on a narrow screen too.
  const Json value =
      channel("value", "quantitative", with_unit("part of " + whole, unit),
              {{"scale", {{"domainMin", 0}, {"domainMax", longest > 0 ? longest * unit.factor * RoomForLabel : 1.0}}}});
  const Json tooltip = nice_tooltip({channel("part", "nominal", "part"),
                                     channel("value", "quantitative", with_unit("value", unit), {{"format", ",.4~r"}}),
                                     channel("share", "quantitative", "share", {{"format", ".1%"}})});
  chart["encoding"] = {{"y", part}, {"x", value}};
  chart["layer"] =
      Json::array({{{"mark", {{"type", "bar"}, {"cornerRadiusEnd", 3}}}, {"encoding", {{"tooltip", tooltip}}}},
                   {{"mark", {{"type", "text"}, {"align", "left"}, {"dx", 5}}},
                    {"encoding", {{"text", channel("label", "nominal", "")}}}}});
  return {"breakdown", fmt::format("Where {} goes", whole),
          fmt::format("Parts of {}; they add up to {}.", whole, plain_text(total, declared)), chart,
          drawn_of(rows.size(), rows.size(), "parts")};
}

Chart lane_chart(const Json& lanes)
{
  Json rows = Json::array();
  for (const auto& [name, part] : lanes.items())
    rows.push_back({{"sub-plane", name}, {"percent", part.at("value")}});
  Json chart = specification_of(rows, BarHeight * static_cast<int>(rows.size()));
  chart["mark"] = {{"type", "bar"}, {"cornerRadiusEnd", 3}};
  chart["encoding"] = {{"y", channel("sub-plane", "nominal", "", {{"sort", nullptr}, {"axis", {{"title", nullptr}}}})},
                       {"x", channel("percent", "quantitative", "share of the traffic, %")},
                       {"tooltip", nice_tooltip({channel("sub-plane", "nominal", "sub-plane"),
                                                 channel("percent", "quantitative", "%", {{"format", ".2f"}})})}};
  return {"sub-planes", "Traffic of the sub-planes",
          fmt::format("Even use of {} sub-planes is {:.1f} % each.", rows.size(),
                      rows.empty() ? 0 : Percent / static_cast<double>(rows.size())),
          chart, drawn_of(rows.size(), rows.size(), "sub-planes")};
}

}  // namespace cm::tools
