// How a page begins: what was run.
#pragma once

#include "tools/report/page.h"

namespace cm::tools {

// Of `run` of a result; the evidence section tells of a result without inputs what there is. No blocks then.
PageSection run_inputs_section(const Json& run);

// Of sweep.json. No blocks when it does not hold the sweep as it was read.
PageSection sweep_inputs_section(const Json& sweep);

// Of a list of {key, old, new}, as comparison.json holds them.
PageTable input_changes_table(const Json& changes);

}  // namespace cm::tools
