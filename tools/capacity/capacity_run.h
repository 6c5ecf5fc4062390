// `cmsim run --find-capacity`: the search, and the result at the rate that it found.
#pragma once

#include "sim/metrics/progress.h"
#include "tools/capacity/capacity_search.h"
#include "tools/capacity/service_levels.h"
#include "tools/runner/run.h"

#include <optional>
#include <string>

namespace cm::tools {

struct CapacityRun {
  std::optional<FinishedRun> run;  // empty: the search did not come to its end
  Capacity capacity;
};

// The run at the highest load that holds (at the lowest that was tried when none does), with the metrics
// `capacity_rps` and `capacity_load` and their caveats, a table of all loads that were tried, and the limit as that of
// its answer. Throws ConfigError when the scenario is wrong or no serving scenario. `journal`: keeps the trials; null:
// none does.
CapacityRun run_at_capacity(const ScenarioRequest& scenario, const ServiceLevels& levels,
                            sim::metrics::Progress& progress, sim::timeline::Timeline* timeline,
                            RunJournal* journal = nullptr);

// A search that did not come to its end, as text: the loads that were tried, between which the capacity lies as far as
// is known, and why it ended.
std::string unfinished_table(const Capacity& capacity, const ServiceLevels& levels, const RunJournal* journal);

}  // namespace cm::tools
