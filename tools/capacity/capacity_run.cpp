#include "tools/capacity/capacity_run.h"

#include "tools/runner/run_inputs.h"
#include "tools/workload_kinds/workload_table.h"
#include "workloads/serving_report/serving_metric_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace cm::tools {
namespace {

using workloads::ServingMetrics;

std::vector<LoadTrial> by_load(const Capacity& capacity)
{
  std::vector<LoadTrial> trials = capacity.trials;
  std::ranges::sort(trials, {}, &LoadTrial::load);
  return trials;
}

// Progress of the run at the capacity, behind the trials.
class LastRun final : public sim::metrics::Progress {
 public:
  LastRun(std::size_t trials, double load, sim::metrics::Progress& progress)
      : trials_(static_cast<double>(trials)), load_(load), progress_(progress)
  {
  }

  void update(double share, std::string_view what) override
  {
    progress_.update((trials_ + share) / (trials_ + 1),
                     fmt::format("the run at {:.4g} times the load: {}", load_, what));
  }

 private:
  double trials_;
  double load_;
  sim::metrics::Progress& progress_;
};

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
  for (const LoadTrial& trial : by_load(capacity))
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
  for (const LoadTrial& trial : by_load(capacity))
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
  if (std::string inherited = result.caveats_of("slo_ttft_attainment"); !inherited.empty())
    caveats.push_back(std::move(inherited));
  for (const char* const name : {"capacity_rps", "capacity_load"})
    for (const std::string& caveat : caveats)
      result.caveats.push_back({name, caveat});
  if (std::string all = result.caveats_of("capacity_rps"); !all.empty())
    result.tables.back().sentence += fmt::format(" [{}]", all);
}

// The load is what was found, not what was asked: the inputs are those of the scenario that the search was about.
void state_inputs(const ScenarioRequest& scenario, sim::metrics::Manifest& manifest)
{
  if (!manifest.inputs)
    return;
  const ResolvedScenario resolved = load_scenario(scenario);
  const sim::config::Value* const own = resolved.workload ? resolved.workload->find("time_scale") : nullptr;
  manifest.inputs->sets = change_texts(resolved.sets);
  for (auto& [key, text] : manifest.inputs->workload)
    if (key == "time_scale")
      text = own != nullptr ? own->text : "1";
}

}  // namespace

CapacityRun run_at_capacity(const ScenarioRequest& scenario, const ServiceLevels& levels,
                            sim::metrics::Progress& progress, sim::timeline::Timeline* timeline, RunJournal* journal)
{
  const Capacity capacity = find_capacity(scenario, levels, progress, journal);
  if (capacity.shortfall.is_there())
    return {std::nullopt, capacity};
  const LoadTrial& shown = capacity.trials[capacity.holds.value_or(capacity.breaks.value_or(0))];
  LastRun last(capacity.trials.size(), shown.load, progress);
  FinishedRun run = run_scenario(at_load(scenario, levels, shown.load), last, timeline);
  sim::metrics::Result& result = run.result;
  result.manifest.slo_share = levels.share;
  state_inputs(scenario, result.manifest);
  result.add(
      ServingMetrics["capacity_rps"], capacity.holds ? shown.arrival_rps : 0,
      fmt::format("the highest arrival rate that was found to hold slo.ttft {} and slo.tpot {} for {:g} % of the "
                  "requests",
                  levels.ttft, levels.tpot, 100 * levels.share));
  result.add(ServingMetrics["capacity_load"], capacity.holds ? shown.load : 0);
  result.tables.push_back(table_of(capacity, levels));
  caution(capacity, levels.share, result);
  result.tables.push_back(percentiles_of(capacity));
  const auto serving = std::ranges::find(workload_table(), run.title.workload, &WorkloadKind::name);
  result.answer.headline = headline_of(*serving, result);
  result.answer.limit = sim::metrics::sentence_of(limit_sentence(capacity, levels.share));
  return {std::move(run), capacity};
}

std::string unfinished_table(const Capacity& capacity, const ServiceLevels& levels, const RunJournal* journal)
{
  std::string text = fmt::format("capacity search, not at its end\n\n{:>8}  {:>12}  {:>5}  {:>6}  {:>6}\n", "load",
                                 "requests/s", "holds", "steady", "share");
  for (const LoadTrial& trial : by_load(capacity))
    text += fmt::format("{:>8.4g}  {:>12.4g}  {:>5}  {:>6}  {:>5.1f} %\n", trial.load, trial.arrival_rps,
                        trial.holds(levels.share) ? "yes" : "no", trial.is_steady ? "yes" : "no", 100 * trial.share);
  text += '\n';
  if (capacity.holds)
    text += fmt::format("the capacity is at least {:.4g} requests/s\n", capacity.trials[*capacity.holds].arrival_rps);
  if (capacity.breaks)
    text += fmt::format("the capacity is less than {:.4g} requests/s\n", capacity.trials[*capacity.breaks].arrival_rps);
  return text + partial_text(capacity.shortfall, capacity.trials.size(), journal);
}

}  // namespace cm::tools
