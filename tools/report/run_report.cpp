#include "tools/report/run_report.h"

#include "sim/metrics/result.h"
#include "tools/report/headline.h"
#include "tools/report/inputs_section.h"
#include "tools/report/load/load_section.h"
#include "tools/report/machine/machine_sections.h"
#include "tools/report/measures/distribution_section.h"
#include "tools/report/measures/metrics_section.h"
#include "tools/report/measures/series_section.h"
#include "tools/report/run_charts.h"
#include "tools/report/serving/serving_section.h"
#include "tools/terminal/table_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>

namespace cm::tools {
namespace {

constexpr std::size_t DigestShown = 12;
// Longer tables are folded away.
constexpr std::size_t MostOpenRows = 30;
constexpr double Percent = 100;
// Sub-planes that differ by less carry the same.
constexpr double EvenTo = 0.005;

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

// Kinds of evidence that the numbers of the machine have, with their counts.
std::string evidence_text(const Json& run)
{
  std::string counts;
  for (const auto& [kind, count] : section_of(run, "evidence").items())
    if (count.get<int>() > 0)
      counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count.get<int>(), kind);
  return counts;
}

// First of all sections: what speaks against the numbers, and what the run decided by itself.
PageSection warnings_section(const Json& result)
{
  PageSection section{"Warnings and notes", {}};
  if (const Json& warnings = section_of(result, "warnings"); !warnings.empty())
    section.blocks.emplace_back(PageList{"Warnings", texts_of(warnings), true});
  if (const Json& notes = section_of(result, "notes"); !notes.empty())
    section.blocks.emplace_back(PageList{"Notes", texts_of(notes)});
  return section;
}

// One part is the whole, and says nothing about it.
PageSection breakdown_section(const Json& result)
{
  const std::string whole = result.value("breakdown_of", sim::metrics::LayerTime);
  PageSection section{whole == sim::metrics::LayerTime ? "Time of a layer" : "Parts", {}};
  if (const Json& breakdown = section_of(result, "breakdown"); breakdown.size() > 1)
    section.blocks.emplace_back(breakdown_chart(breakdown, whole));
  return section;
}

// Whether bars of the sub-planes would all be as long, to the eye.
bool is_even(const Json& lanes)
{
  const double even = Percent / static_cast<double>(std::max<std::size_t>(lanes.size(), 1));
  return !lanes.empty() && std::ranges::all_of(lanes, [&](const Json& part) {
    return std::abs(part.at("value").get<double>() - even) < EvenTo * even;
  });
}

PageSection network_section(const Json& result)
{
  PageSection section{"Network", {}};
  if (const Json& lanes = section_of(result, "sub_planes"); is_even(lanes))
    section.blocks.emplace_back(
        PageList{"",
                 {fmt::format("Traffic of the sub-planes: {} % on each of {}.",
                              short_number(Percent / static_cast<double>(lanes.size())), lanes.size())}});
  else if (!lanes.empty())
    section.blocks.emplace_back(lane_chart(lanes));
  for (PageBlock& block : link_blocks(result))
    section.blocks.push_back(std::move(block));
  return section;
}

bool holds_numbers(const Json& rows, std::size_t column)
{
  return std::ranges::all_of(rows, [&](const Json& row) { return !row.at(column).is_string(); });
}

// A section of the file without what is shown among the requests.
Json without_requests(const Json& section)
{
  Json rest = Json::object();
  for (const auto& [name, entry] : section.items())
    if (!is_in_serving_section(name))
      rest[name] = entry;
  return rest;
}

PageSection tables_section(const Json& tables)
{
  PageSection section{"Tables", {}};
  for (const auto& [name, entry] : tables.items()) {
    if (is_machine_table(name))
      continue;
    const Json& rows = entry.at("rows");
    PageTable table{fmt::format("{}: {}", name, entry.value("sentence", "")), {}, {}, rows.size() > MostOpenRows};
    for (const Json& column : entry.at("columns"))
      table.columns.push_back({text_of(column), holds_numbers(rows, table.columns.size())});
    for (const Json& row : rows)
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
  add_answer(result, page);
  page.facts = run_facts(run);
  if (const std::string evidence = evidence_text(run); !evidence.empty())
    page.facts.push_back({"rests on numbers", evidence});
  page.sections.push_back(warnings_section(result));
  page.sections.push_back(load_section(result));
  page.sections.push_back(breakdown_section(result));
  std::ranges::move(serving_sections(result), std::back_inserter(page.sections));
  page.sections.push_back(what_if_section(result));
  page.sections.push_back(stage_section(result));
  page.sections.push_back(network_section(result));
  page.sections.push_back(distribution_section(section_of(result, "histograms")));
  page.sections.push_back(series_section(without_requests(section_of(result, "series"))));
  page.sections.push_back(tables_section(without_requests(section_of(result, "tables"))));
  page.sections.push_back(metrics_section(section_of(result, "metrics")));
  page.sections.push_back(run_inputs_section(run));
  page.sections.push_back(evidence_section(run));
  return page;
}

}  // namespace cm::tools
