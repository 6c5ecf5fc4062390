#include "tools/sensitivity/what_if_free.h"

#include "sim/config/suggestion.h"
#include "sim/diagnostics/errors.h"
#include "tools/results/run_health.h"
#include "tools/runner/run.h"
#include "tools/sensitivity/varied_run.h"
#include "tools/workload_kinds/workload_table.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <optional>

namespace cm::tools {
namespace {

using Json = nlohmann::ordered_json;
using sim::metrics::Metric;
using sim::metrics::Result;
using sim::metrics::Table;

constexpr std::size_t MostMetrics = 2;

// Metrics that answer a run, the first of its headline.
std::vector<Metric> answering_metrics(const Result& result)
{
  std::vector<Metric> metrics;
  for (const sim::metrics::Headline& each : result.answer.headline)
    if (const Metric* const metric = result.find(each.name); metric != nullptr && metrics.size() < MostMetrics)
      metrics.push_back(*metric);
  return metrics;
}

std::string direction_of(const Metric& metric)
{
  switch (metric.better) {
  case sim::metrics::Better::Lower: return "lower is better";
  case sim::metrics::Better::Higher: return "higher is better";
  case sim::metrics::Better::Neither: break;
  }
  return "neither direction is better";
}

Table empty_table(const std::vector<Metric>& metrics, std::size_t runs)
{
  Table table{.name = WhatIfFree, .sentence = "", .columns = {"free"}, .rows = {}};
  std::string directions;
  for (const Metric& metric : metrics) {
    table.columns.push_back(metric.name);
    table.columns.emplace_back("change (%)");
    directions += fmt::format("{}{}: {}", directions.empty() ? "" : ", ", metric.name, direction_of(metric));
  }
  table.sentence =
      fmt::format("the run as it is, and {} runs more in which one part takes no time (workload.free), all "
                  "else being equal; {}",
                  runs, directions);
  return table;
}

// Values by the name of their metric.
using Values = std::map<std::string, double>;

Table::Row row_of(const std::string& label, const std::vector<Metric>& metrics, const Values& values)
{
  Table::Row row{.label = label, .cells = {}};
  for (const Metric& metric : metrics) {
    const auto found = values.find(metric.name);
    const auto value = found == values.end() ? std::nullopt : std::optional(found->second);
    row.cells.push_back(sim::metrics::cell_of(value));
    row.cells.push_back(sim::metrics::cell_of(
        value && metric.value != 0 ? std::optional(100 * (*value / metric.value - 1)) : std::nullopt));
  }
  return row;
}

// The setting is the last one, so that nothing of the command line takes its place.
ChildRun child_of(const ScenarioRequest& scenario, const FreeRun& run)
{
  ChildRun child = varied_run(scenario, {}, run.part + " free");
  child.sets.push_back(run.setting);
  return child;
}

Values values_of(const Json& result)
{
  Values values;
  for (const auto& [name, metric] : result.at("metrics").items())
    values[name] = metric.at("value").get<double>();
  return values;
}

std::string kinds_with_parts()
{
  std::vector<std::string> kinds;
  for (const WorkloadKind& kind : workload_table())
    if (!kind.frees.empty())
      kinds.emplace_back(kind.name);
  return sim::config::joined(kinds, ", ");
}

}  // namespace

std::vector<FreeRun> free_runs(const ScenarioRequest& scenario)
{
  const FreeChoice choice = free_choice(scenario);
  if (choice.known.empty())
    throw ConfigError(fmt::format("{}: --what-if-free: {} has no parts that could be free; these kinds do: {}",
                                  to_text(choice.place), choice.whose, kinds_with_parts()));
  std::vector<FreeRun> runs;
  for (const std::string& word : choice.known) {
    if (std::ranges::find(choice.free, word) != choice.free.end())
      continue;
    std::vector<std::string> words = choice.free;
    words.push_back(word);
    runs.push_back({word, fmt::format("workload.free=[{}]", sim::config::joined(words, ", "))});
  }
  return runs;
}

FreedRuns what_if_free(const WhatIfFreeRequest& request, const Result& nominal, sim::metrics::Progress& progress)
{
  const std::vector<FreeRun> runs = free_runs(request.scenario);
  const std::vector<Metric> metrics = answering_metrics(nominal);
  ScenarioRequest scenario = request.scenario;
  scenario.seed = request.seed;
  std::vector<ChildRun> wanted;
  for (const FreeRun& run : runs)
    wanted.push_back(child_of(scenario, run));
  ChildRuns children({.jobs = request.jobs, .journal = request.journal}, progress);
  const std::vector<ChildOutcome> outcomes = children.run(wanted);
  FreedRuns freed{.table = empty_table(metrics, runs.size()), .shortfall = children.shortfall()};
  Values own;
  for (const Metric& metric : metrics)
    own[metric.name] = metric.value;
  freed.table.rows.push_back(row_of("nothing", metrics, own));
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (outcomes[i].end != ChildEnd::Done)
      continue;
    ++freed.runs;
    const Json result = Json::parse(outcomes[i].output);
    freed.table.rows.push_back(row_of(runs[i].part, metrics, values_of(result)));
    if (!health_of(result).is_steady)
      freed.table.sentence += fmt::format("; with {} free the run is not steady", runs[i].part);
  }
  if (freed.runs == 0 && freed.shortfall.failed > 0 && freed.shortfall.stop_signal == 0)
    throw_failures(freed.shortfall);
  if (freed.shortfall.is_there())
    freed.table.sentence += fmt::format("; PARTIAL: {} of {} runs finished", freed.runs, runs.size());
  return freed;
}

}  // namespace cm::tools
