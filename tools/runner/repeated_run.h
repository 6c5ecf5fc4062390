// A result as something to run: what it was made from, read back from its file.
#pragma once

#include "sim/metrics/inputs.h"
#include "tools/scenario/scenario.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cm::tools {

struct RepeatedRun {
  std::string file;               // of the result
  sim::config::Position place{};  // in it, where it says what was run
  std::string scenario;
  std::vector<std::string> sets;
  std::uint64_t seed = 0;
  int uncertainty = 0;  // samples; 0: none
  bool what_if_free = false;
  std::optional<std::string> capacity;  // service levels
  std::string program;                  // version and commit that made it
  std::vector<sim::metrics::DigestedFile> files;
};

// Run behind a folder with a result.json, behind that file, or behind a point of a sweep; empty when the path is none
// of these, such as a scenario. Throws ConfigError with the place when the result does not say what was run.
std::optional<RepeatedRun> find_repeated_run(const std::string& path);

// Changes since the result was made, a sentence each: the program, and files that `request` reads now. Throws
// ConfigError, with the folder in which the result was made, when the scenario is not found.
std::vector<std::string> changes_since(const RepeatedRun& run, const ScenarioRequest& request);

}  // namespace cm::tools
