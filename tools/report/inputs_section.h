// How a page begins: what was run.
#pragma once

#include "tools/report/page.h"

namespace cm::tools {

// Inputs in `run` of a result. No blocks for a result without inputs: the evidence section tells what there is of it.
PageSection run_inputs_section(const Json& run);

// Inputs in sweep.json; no blocks when it does not hold the sweep as it was read.
PageSection sweep_inputs_section(const Json& sweep);

// Table of a list of {key, old, new}, as comparison.json holds them.
PageTable input_changes_table(const Json& changes);

}  // namespace cm::tools
