// Inputs of a run, of a sweep, of a comparison.
#pragma once

#include "tools/report/page.h"

#include <vector>

namespace cm::tools {

// Inputs in short: machine, model, scenario, what was changed, the command to repeat it. Empty for a result without
// inputs.
std::vector<PageFact> run_facts(const Json& run);

// The same of a sweep: its question and its command.
std::vector<PageFact> sweep_facts(const Json& sweep);

// All inputs in `run` of a result. No blocks for a result without inputs: the evidence section tells what there is of
// it.
PageSection run_inputs_section(const Json& run);

// Inputs in sweep.json; no blocks when it does not hold the sweep as it was read.
PageSection sweep_inputs_section(const Json& sweep);

// Table of a list of {key, old, new}, as comparison.json holds them.
PageTable input_changes_table(const Json& changes);

}  // namespace cm::tools
