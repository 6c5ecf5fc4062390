// A run of a scenario with other values of some of its numbers, as a child process.
#pragma once

#include "tools/processes/child_runs.h"
#include "tools/scenario/scenario.h"

#include <string>
#include <vector>

namespace cm::tools {

// Mistakes in it are told at the range that one setting comes from, or at the scenario.
ChildRun varied_run(const ScenarioRequest& scenario, const std::vector<PlacedSetting>& settings, std::string title);

}  // namespace cm::tools
