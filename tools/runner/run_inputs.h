// Inputs that a run is made from, as its result tells them.
#pragma once

#include "sim/metrics/inputs.h"
#include "tools/runner/run.h"
#include "tools/scenario/scenario.h"

#include <cstdint>
#include <string>
#include <vector>

namespace cm::tools {

// The words of the one command that makes the same result from the same files: a setting that a later one replaces left
// out, and always the seed. No folder, nothing of how it is run or printed.
std::vector<std::string> repeating_command(const std::string& scenario, const std::vector<std::string>& settings,
                                           std::uint64_t seed);

// Settings without those that a later one replaces: "key=" replaces what was set or added before, "key+=" adds to it.
std::vector<std::string> lasting_settings(const std::vector<std::string>& settings);

// Those that are there; each once.
std::vector<sim::metrics::DigestedFile> digested_files(const sim::config::ReadingLog& log);

// The changes key by key, as texts.
sim::metrics::KeyTexts change_texts(const std::vector<Change>& changes);

// Inputs of a scenario that was read to the end; digests all files that it is made of. Its command has the changes of a
// sweep as settings.
sim::metrics::Inputs inputs_of(const ScenarioRequest& request, const ResolvedScenario& scenario, const RunTitle& title);

}  // namespace cm::tools
