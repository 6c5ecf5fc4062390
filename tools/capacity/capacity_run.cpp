#include "tools/capacity/capacity_run.h"

#include "tools/capacity/capacity_search.h"
#include "workloads/serving/serving_metric_table.h"

#include <fmt/format.h>

#include <algorithm>

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

}  // namespace

FinishedRun run_at_capacity(const ScenarioRequest& scenario, const ServiceLevels& levels,
                            sim::metrics::Progress& progress, sim::timeline::Timeline* timeline)
{
  const Capacity capacity = find_capacity(scenario, levels, progress);
  const LoadTrial& shown = capacity.trials[capacity.holds.value_or(capacity.breaks.value_or(0))];
  FinishedRun run = run_scenario(at_load(scenario, levels, shown.load), progress, timeline);
  sim::metrics::Result& result = run.result;
  result.add(
      ServingMetrics["capacity_rps"], capacity.holds ? shown.arrival_rps : 0,
      fmt::format("the highest arrival rate that was found to hold slo.ttft {} and slo.tpot {} for {:g} % of the "
                  "requests",
                  levels.ttft, levels.tpot, 100 * levels.share));
  result.add(ServingMetrics["capacity_load"], capacity.holds ? shown.load : 0);
  result.tables.push_back(table_of(capacity, levels));
  result.notes.push_back("capacity: limit: " + limit_sentence(capacity, levels.share));
  if (!capacity.holds)
    result.warnings.push_back(
        fmt::format("no arrival rate down to {:.4g} requests/s holds the service levels", shown.arrival_rps));
  else if (!capacity.breaks)
    result.warnings.push_back(
        fmt::format("{:.4g} requests/s still hold the service levels: the capacity lies above", shown.arrival_rps));
  if (std::string warning = length_warning(capacity, levels.share); !warning.empty())
    result.warnings.push_back(std::move(warning));
  return run;
}

}  // namespace cm::tools
