#include "tools/capacity/capacity_run.h"

#include "tools/capacity/capacity_search.h"
#include "tools/runner/workload_table.h"
#include "workloads/serving/serving_metric_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace cm::tools {
namespace {

using workloads::ServingMetrics;

// Trials by their load.
std::vector<LoadTrial> sorted_trials(const Capacity& capacity)
{
  std::vector<LoadTrial> trials = capacity.trials;
  std::ranges::sort(trials, {}, &LoadTrial::load);
  return trials;
}

sim::metrics::Table table_of(const Capacity& capacity, const ServiceLevels& levels)
{
  sim::metrics::Table table{
      .name = "capacity",
      .sentence =
          fmt::format("arrival rates that were tried, in requests/s; one holds when its run is steady and {:g} % "
                      "of the requests have a TTFT of at most {} and a TPOT of at most {}",
                      100 * levels.share, levels.ttft, levels.tpot),
      .columns = {"load", "arrival_rps", "holds", "steady", "share", fmt::format("TTFT p{:g} (ms)", 100 * levels.share),
                  fmt::format("TPOT p{:g} (ms)", 100 * levels.share)},
      .rows = {}};
  for (const LoadTrial& trial : sorted_trials(capacity))
    table.rows.push_back(
        {fmt::format("{:.4g}", trial.load),
         {trial.arrival_rps, trial.holds(levels.share) ? "yes" : "no", trial.is_steady ? "yes" : "no", trial.share,
          sim::metrics::cell_of(trial.ttft_at_share_ms), sim::metrics::cell_of(trial.tpot_at_share_ms)}});
  return table;
}

// Beside the table above, which would be too wide for a terminal.
sim::metrics::Table percentiles_of(const Capacity& capacity)
{
  sim::metrics::Table table{
      .name = "capacity_levels",
      .sentence = "the same arrival rates: shares of the requests that hold one level, percentiles in ms",
      .columns = {"load", "TTFT share", "TPOT share", "TTFT p50", "TTFT p99", "TPOT p50", "TPOT p99"},
      .rows = {}};
  for (const LoadTrial& trial : sorted_trials(capacity))
    table.rows.push_back({fmt::format("{:.4g}", trial.load),
                          {trial.ttft_share, trial.tpot_share, sim::metrics::cell_of(trial.ttft_p50_ms),
                           sim::metrics::cell_of(trial.ttft_p99_ms), sim::metrics::cell_of(trial.tpot_p50_ms),
                           sim::metrics::cell_of(trial.tpot_p99_ms)}});
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
  result.tables.push_back(percentiles_of(capacity));
  const auto serving = std::ranges::find(workload_table(), run.title.workload, &WorkloadKind::name);
  result.answer.headline = headline_of(*serving, result);
  result.answer.limit = sim::metrics::sentence_of(limit_sentence(capacity, levels.share));
  return run;
}

}  // namespace cm::tools
