#include "tools/answer/run_answer.h"

#include "tools/results/run_health.h"
#include "tools/terminal/table_text.h"
#include "tools/workload_kinds/metric_catalogue.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <string_view>

namespace cm::tools {
namespace {

using Json = nlohmann::ordered_json;

// An empty object when there is none.
const Json& member(const Json& object, std::string_view name)
{
  static const Json nothing = Json::object();
  if (!object.is_object())
    return nothing;
  const auto found = object.find(name);
  return found != object.end() ? *found : nothing;
}

std::string text_of(const Json& object, std::string_view name)
{
  const Json& text = member(object, name);
  return text.is_string() ? text.get<std::string>() : std::string();
}

// A metric of that name, or a statistic of a histogram.
std::optional<Figure> find_figure(const Json& root, const std::string& name)
{
  const auto figure = [&](const Json& entry, std::string_view key, std::string_view statistic) {
    const Json& value = member(entry, key);
    return value.is_number() ? std::optional(Figure{.name = name,
                                                    .label = {},
                                                    .statistic = std::string(statistic),
                                                    .value = value.get<double>(),
                                                    .unit = text_of(entry, "unit"),
                                                    .caveat = text_of(entry, "caveat"),
                                                    .meaning = text_of(entry, "meaning"),
                                                    .interval = {}})
                             : std::nullopt;
  };
  if (auto metric = figure(member(member(root, "metrics"), name), "value", ""))
    return metric;
  for (const auto& [histogram, entry] : member(root, "histograms").items())
    for (const StatisticWords& statistic : histogram_statistics())
      if (sim::metrics::statistic_name(histogram, statistic.name) == name)
        return figure(entry, statistic.name, statistic.name);
  return std::nullopt;
}

// In the table that --uncertainty adds: name, value, 5 %, 95 %, unit.
std::optional<Interval> interval_of(const Json& root, const std::string& name)
{
  constexpr std::size_t Low = 2;
  constexpr std::size_t High = 3;
  for (const Json& row : member(member(member(root, "tables"), "uncertainty"), "rows"))
    if (row.is_array() && row.size() > High && row[0] == name && row[Low].is_number() && row[High].is_number())
      return Interval{.low = row[Low].get<double>(), .high = row[High].get<double>()};
  return std::nullopt;
}

std::vector<Figure> figures_of(const Json& root)
{
  std::vector<Figure> figures;
  for (const Json& each : member(member(root, "answer"), "headline")) {
    std::optional<Figure> figure = find_figure(root, text_of(each, "name"));
    if (!figure)
      continue;
    figure->label = text_of(each, "label");
    figure->interval = interval_of(root, figure->name);
    figures.push_back(std::move(*figure));
  }
  return figures;
}

// "OVERLOADED: 3 requests/s arrive" without its first word.
std::string reason_behind(const std::string& warning)
{
  const std::size_t colon = warning.find(": ");
  return colon == std::string::npos ? warning : warning.substr(colon + 2);
}

std::string share_text(const Json& root, const char* metric)
{
  const Json& value = member(member(member(root, "metrics"), metric), "value");
  return value.is_number() ? fmt::format("{} %", short_number(100 * value.get<double>())) : std::string("-");
}

Verdict level_verdict(const Json& root, const RunHealth& health)
{
  return {.tone = health.misses_levels() ? Tone::Doubt : Tone::Good,
          .word = health.misses_levels() ? "SLO missed" : "SLO held",
          .text = fmt::format("{} (time to first token {}, per output token {})", health.attainment_text(),
                              share_text(root, "slo_ttft_attainment"), share_text(root, "slo_tpot_attainment"))};
}

std::vector<Verdict> verdicts_of(const Json& root)
{
  const RunHealth health = health_of(root);
  std::vector<Verdict> verdicts;
  if (!health.is_steady)
    verdicts.push_back(
        {Tone::Bad, health.is_overloaded() ? "OVERLOADED" : "NOT STEADY", reason_behind(health.why_unsteady)});
  if (health.attainment)
    verdicts.push_back(level_verdict(root, health));
  for (const Json& each : member(member(root, "answer"), "standings"))
    verdicts.push_back({Tone::Good, text_of(each, "word"), text_of(each, "text")});
  std::ranges::stable_sort(verdicts, std::ranges::greater{}, &Verdict::tone);
  return verdicts;
}

}  // namespace

RunAnswer answer_of(const Json& root)
{
  return {
      .figures = figures_of(root), .verdicts = verdicts_of(root), .limit = text_of(member(root, "answer"), "limit")};
}

RunAnswer answer_of(const sim::metrics::Result& result)
{
  return answer_of(Json::parse(sim::metrics::to_json(result)));
}

}  // namespace cm::tools
