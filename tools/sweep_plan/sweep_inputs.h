// Inputs that a sweep was made from, as its folder tells them: `inputs` of sweep.json.
#pragma once

#include "tools/sweep_plan/sweep_file.h"

#include <nlohmann/json.hpp>

#include <string>

namespace cm::tools {

// {command, sets, as_read, files}: the command that runs it again without its folder and jobs, the settings of the
// command line, the keys of its file as they were read, the `set:` of the bases among them, and digests of it and of
// the scenarios.
nlohmann::ordered_json sweep_inputs(const SweepSource& source, const SweepSpec& spec);

}  // namespace cm::tools
