// Where the cells of a serving scenario are kept between runs.
#pragma once

#include "tools/scenario/scenario.h"

#include <string>

namespace cm::tools {

// The folder below `root` that is named for all that a cell's time depends on: this very program, machine, model, seed,
// the deployments of prefill and decode and the files that these name. Requests, routers and levels are no part of it.
// Empty when the root is.
std::string cell_folder(const ResolvedScenario& scenario, const std::string& root);

}  // namespace cm::tools
