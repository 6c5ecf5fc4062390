#include "tools/report/run_report.h"

#include "sim/metrics/result.h"
#include "tools/report/inputs_section.h"
#include "tools/report/machine/machine_sections.h"
#include "tools/report/run_charts.h"
#include "tools/runner/run_health.h"
#include "tools/runner/table_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

namespace cm::tools {
namespace {

constexpr std::size_t DigestShown = 12;
// Nearly all requests hold the service levels.
constexpr double PraisedAttainment = 0.99;

std::string text_of(const Json& value)
{
  if (value.is_number())
    return short_number(value.get<double>());
  if (value.is_null())
    return "-";
  return value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// An empty object or list when the file has no such section.
const Json& section_of(const Json& result, const char* name)
{
  static const Json Nothing = Json::object();
  const auto found = result.find(name);
  return found == result.end() ? Nothing : *found;
}

std::vector<std::string> texts_of(const Json& list)
{
  std::vector<std::string> texts;
  for (const Json& each : list)
    texts.push_back(text_of(each));
  return texts;
}

// Verdict on the service levels, and how they were held. Praise is for a run that is steady.
PageVerdict attainment_verdict(const RunHealth& health)
{
  const double share = *health.attainment;
  const double required = health.required_attainment;
  const std::string text =
      fmt::format("{} % of the requests hold the SLO (slo_attainment){}.", short_number(100 * share),
                  required == UsualAttainment ? "" : fmt::format(", {} % must", short_number(100 * required)));
  if (health.misses_levels())
    return {PageVerdict::Kind::Bad, "SLO missed: " + text};
  return {share >= PraisedAttainment && health.is_steady ? PageVerdict::Kind::Good : PageVerdict::Kind::Neutral, text};
}

PageVerdict warnings_verdict(const RunHealth& health)
{
  if (health.warnings > 0)
    return {PageVerdict::Kind::Bad,
            fmt::format("{} warning{}, below.", health.warnings, health.warnings == 1 ? "" : "s")};
  const bool is_praised = health.is_steady && health.attainment.value_or(1) >= PraisedAttainment;
  return {is_praised ? PageVerdict::Kind::Good : PageVerdict::Kind::Neutral, "No warning."};
}

std::vector<PageVerdict> verdicts_of(const Json& result)
{
  const RunHealth health = health_of(result);
  std::vector<PageVerdict> verdicts;
  if (!health.is_steady)
    verdicts.push_back({PageVerdict::Kind::Bad, fmt::format("{}: latencies and rates depend on the length of the run.",
                                                            health.is_overloaded() ? "Overloaded" : "Not steady")});
  if (health.attainment)
    verdicts.push_back(attainment_verdict(health));
  verdicts.push_back(warnings_verdict(health));
  const Json& evidence = section_of(result.at("run"), "evidence");
  std::string counts;
  for (const auto& [kind, count] : evidence.items())
    if (count.get<int>() > 0)
      counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count.get<int>(), kind);
  if (!counts.empty())
    verdicts.push_back({PageVerdict::Kind::Neutral, fmt::format("Rests on numbers that are: {}.", counts)});
  return verdicts;
}

// Appends the caveat of a number to its text.
std::string with_caveat(const std::string& text, const Json& entry)
{
  const std::string caveat = entry.value("caveat", "");
  return caveat.empty() ? text : fmt::format("{}{}[{}]", text, text.empty() ? "" : " ", caveat);
}

PageTable metrics_table(const Json& metrics)
{
  PageTable table{"", {{"metric"}, {"value", true}, {"unit"}, {"better"}, {"meaning"}, {"how it is computed"}}, {}};
  for (const auto& [name, metric] : metrics.items())
    table.rows.push_back({name, text_of(metric.at("value")), text_of(metric.at("unit")), metric.value("better", ""),
                          metric.value("meaning", ""), with_caveat(metric.value("formula", ""), metric)});
  return table;
}

PageTable histograms_table(const Json& histograms)
{
  constexpr std::array<std::string_view, 7> Numbers{"count", "mean", "p50", "p90", "p99", "p999", "max"};
  PageTable table{"", {{"histogram"}, {"unit"}, {"meaning"}}, {}};
  for (const std::string_view number : Numbers)
    table.columns.push_back({std::string(number), true});
  const bool has_caveats =
      std::ranges::any_of(histograms, [](const Json& histogram) { return histogram.contains("caveat"); });
  if (has_caveats)
    table.columns.push_back({"caveat"});
  for (const auto& [name, histogram] : histograms.items()) {
    std::vector<std::string> cells{name, histogram.value("unit", ""), histogram.value("meaning", "")};
    // Results of earlier versions state zeros for a histogram of nothing.
    const bool is_of_nothing = histogram.value("count", 1.0) == 0;
    for (const std::string_view number : Numbers)
      cells.push_back(
          histogram.contains(number) && (number == "count" || !is_of_nothing) ? text_of(histogram.at(number)) : "-");
    if (has_caveats)
      cells.push_back(histogram.value("caveat", ""));
    table.rows.push_back(std::move(cells));
  }
  return table;
}

PageSection latency_section(const Json& histograms)
{
  PageSection section{"Distributions", {}};
  if (histograms.empty())
    return section;
  section.blocks.emplace_back(histograms_table(histograms));
  // In the order of the file, a chart a unit.
  std::vector<std::pair<std::string, std::vector<NamedBuckets>>> units;
  for (const auto& [name, histogram] : histograms.items()) {
    if (histogram.at("buckets").empty())
      continue;
    const NamedBuckets buckets{name, histogram.value("unit", ""), histogram.at("buckets")};
    auto unit = std::ranges::find_if(units, [&](const auto& each) { return each.first == buckets.unit; });
    if (unit == units.end())
      unit = units.insert(units.end(), {buckets.unit, {}});
    unit->second.push_back(buckets);
  }
  for (const auto& [unit, all] : units)
    section.blocks.emplace_back(cumulative_chart(unit, all));
  for (const auto& [unit, all] : units)
    for (const NamedBuckets& each : all)
      section.blocks.emplace_back(histogram_chart(each));
  return section;
}

PageSection network_section(const Json& result)
{
  PageSection section{"Network", {}};
  if (const Json& sub_planes = section_of(result, "sub_planes"); !sub_planes.empty())
    section.blocks.emplace_back(sub_plane_chart(sub_planes));
  for (PageBlock& block : link_blocks(result))
    section.blocks.push_back(std::move(block));
  return section;
}

PageSection time_section(const Json& series)
{
  std::map<std::string, std::vector<std::pair<std::string, Json>>> units;
  for (const auto& [name, each] : series.items())
    if (!each.at("time_s").empty())
      units[each.value("unit", "")].emplace_back(name, each);
  PageSection section{"Over time", {}};
  for (const auto& [unit, all] : units)
    section.blocks.emplace_back(series_chart(unit, all));
  return section;
}

PageSection tables_section(const Json& tables)
{
  PageSection section{"Tables", {}};
  for (const auto& [name, entry] : tables.items()) {
    if (is_machine_table(name))
      continue;
    PageTable table{fmt::format("{}: {}", name, entry.value("sentence", "")), {}, {}};
    for (const Json& column : entry.at("columns"))
      table.columns.push_back({text_of(column), !table.columns.empty()});
    for (const Json& row : entry.at("rows"))
      table.rows.push_back(texts_of(row));
    section.blocks.emplace_back(std::move(table));
  }
  return section;
}

PageSection evidence_section(const Json& run)
{
  PageSection section{"Evidence and settings", {}};
  PageTable facts{"", {{"of this run"}, {""}}, {}};
  for (const char* const key : {"scenario", "configuration_digest", "seed", "version"})
    if (run.contains(key))
      facts.rows.push_back({key, text_of(run.at(key))});
  for (const auto& [key, value] : section_of(run, "engine_settings").items())
    facts.rows.push_back({key, text_of(value)});
  section.blocks.emplace_back(std::move(facts));
  if (const Json& assumed = section_of(run, "assumed"); !assumed.empty()) {
    PageTable table{"Assumed numbers", {{"number and why"}}, {}, true};
    for (const Json& line : assumed)
      table.rows.push_back({text_of(line)});
    section.blocks.emplace_back(std::move(table));
  }
  return section;
}

// The scenario, and what it is where the result tells that.
std::string title_of(const Json& run)
{
  const auto inputs = run.find("inputs");
  const std::string title = "Run of " + run.value("scenario", "a scenario");
  return inputs == run.end() ? title : fmt::format("{}: {}", title, inputs->value("title", ""));
}

}  // namespace

Page run_page(const Json& result)
{
  const Json& run = result.at("run");
  Page page;
  page.title = title_of(run);
  page.subtitle = fmt::format("cmsim {}, seed {}, configuration {}", run.value("version", "?"), text_of(run.at("seed")),
                              run.value("configuration_digest", "").substr(0, DigestShown));
  page.verdicts = verdicts_of(result);
  page.sections.push_back(run_inputs_section(run));
  PageSection& metrics = page.sections.emplace_back(PageSection{"Metrics", {}});
  if (const Json& warnings = section_of(result, "warnings"); !warnings.empty())
    metrics.blocks.emplace_back(PageList{"Warnings", texts_of(warnings), true});
  if (const Json& notes = section_of(result, "notes"); !notes.empty())
    metrics.blocks.emplace_back(PageList{"Notes", texts_of(notes)});
  metrics.blocks.emplace_back(metrics_table(section_of(result, "metrics")));
  const std::string whole = result.value("breakdown_of", sim::metrics::LayerTime);
  PageSection& layer =
      page.sections.emplace_back(PageSection{whole == sim::metrics::LayerTime ? "Time of a layer" : "Parts", {}});
  if (const Json& breakdown = section_of(result, "breakdown"); !breakdown.empty())
    layer.blocks.emplace_back(breakdown_chart(breakdown, whole));
  page.sections.push_back(what_if_section(result));
  page.sections.push_back(stage_section(result));
  page.sections.push_back(latency_section(section_of(result, "histograms")));
  page.sections.push_back(network_section(result));
  page.sections.push_back(time_section(section_of(result, "series")));
  page.sections.push_back(tables_section(section_of(result, "tables")));
  page.sections.push_back(evidence_section(run));
  return page;
}

}  // namespace cm::tools
