#include "tools/capacity/capacity_run.h"

#include "tools/capacity/capacity_search.h"
#include "tools/runner/workload_table.h"
#include "workloads/serving_report/serving_metric_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace cm::tools {
namespace {

using workloads::ServingMetrics;

sim::metrics::Table table_of(const Capacity& capacity, const ServiceLevels& levels)
{
  sim::metrics::Table table{
      .name = "capacity",
      .sentence =
          fmt::format("arrival rates that were tried, in requests/s; one holds when its run is steady and {:g} % "
                      "of the requests have a TTFT of at most {} and a TPOT of at most {}",
                      100 * levels.share, levels.ttft, levels.tpot),
      .columns = {"load", "arrival_rps", "holds", "steady", "share", "TTFT p90 (ms)", "TPOT p90 (ms)"},
      .rows = {}};
  std::vector<LoadTrial> trials = capacity.trials;
  std::ranges::sort(trials, {}, &LoadTrial::load);
  for (const LoadTrial& trial : trials)
    table.rows.push_back(
        {fmt::format("{:.4g}", trial.load),
         {trial.arrival_rps, trial.holds(levels.share) ? "yes" : "no", trial.is_steady ? "yes" : "no", trial.share,
          sim::metrics::cell_of(trial.ttft_p90_ms), sim::metrics::cell_of(trial.tpot_p90_ms)}});
  return table;
}

// The answer's own, and those of the times to first token that it rests on.
void caution(const Capacity& capacity, double share, sim::metrics::Result& result)
{
  std::vector<std::string> caveats = capacity_caveats(capacity, share);
  std::ranges::copy(caveats, std::back_inserter(result.warnings));
  if (std::string inherited = result.caveats_of("slo_ttft_attainment"); !inherited.empty())
    caveats.push_back(std::move(inherited));
  for (const char* const name : {"capacity_rps", "capacity_load"})
    for (const std::string& caveat : caveats)
      result.caveats.push_back({name, caveat});
  if (std::string all = result.caveats_of("capacity_rps"); !all.empty())
    result.tables.back().sentence += fmt::format(" [{}]", all);
}

}  // namespace

FinishedRun run_at_capacity(const ScenarioRequest& scenario, const ServiceLevels& levels,
                            sim::metrics::Progress& progress, sim::timeline::Timeline* timeline)
{
  const Capacity capacity = find_capacity(scenario, levels, progress);
  const LoadTrial& shown = capacity.trials[capacity.holds.value_or(capacity.breaks.value_or(0))];
  FinishedRun run = run_scenario(at_load(scenario, levels, shown.load), progress, timeline);
  sim::metrics::Result& result = run.result;
  result.manifest.slo_share = levels.share;
  result.add(
      ServingMetrics["capacity_rps"], capacity.holds ? shown.arrival_rps : 0,
      fmt::format("the highest arrival rate that was found to hold slo.ttft {} and slo.tpot {} for {:g} % of the "
                  "requests",
                  levels.ttft, levels.tpot, 100 * levels.share));
  result.add(ServingMetrics["capacity_load"], capacity.holds ? shown.load : 0);
  result.tables.push_back(table_of(capacity, levels));
  result.notes.push_back("capacity: limit: " + limit_sentence(capacity, levels.share));
  caution(capacity, levels.share, result);
  const auto serving = std::ranges::find(workload_table(), run.title.workload, &WorkloadKind::name);
  result.answer.headline = headline_of(*serving, result);
  result.answer.limit = sim::metrics::sentence_of(limit_sentence(capacity, levels.share));
  return run;
}

}  // namespace cm::tools
