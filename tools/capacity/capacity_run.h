// `cmsim run --find-capacity`: the search, and the result at the rate that it found.
#pragma once

#include "sim/metrics/progress.h"
#include "tools/capacity/service_levels.h"
#include "tools/runner/run.h"

namespace cm::tools {

// The run at the highest load that holds (at the lowest that was tried when none does), with the metrics
// `capacity_rps` and `capacity_load` and their caveats, a table of all loads that were tried, and the limit as a note.
// Throws ConfigError when the scenario is wrong or no serving scenario.
FinishedRun run_at_capacity(const ScenarioRequest& scenario, const ServiceLevels& levels,
                            sim::metrics::Progress& progress, sim::timeline::Timeline* timeline);

}  // namespace cm::tools
