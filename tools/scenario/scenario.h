// A scenario with all that it refers to: machine and model files, parts, overrides and what the command line set.
#pragma once

#include "sim/config/reading_log.h"
#include "sim/config/value.h"
#include "tools/scenario/changes.h"
#include "tools/scenario/loaded_files.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cm::tools {

struct ScenarioRequest {
  std::string path;                   // of the scenario's file, where it was found
  std::vector<std::string> sets;      // "key=value"
  std::optional<std::uint64_t> seed;  // instead of the scenario's
  std::string config_root;            // the folder with machines/, models/ and parts/
  std::vector<Change> changes{};      // of a sweep: keys that its file gives this point
  std::string cache_root{};           // the folder of what one run may leave to the next; empty: nothing
  LoadedFiles* loaded = nullptr;      // trees of files that were read before; borrowed; null: none
  std::string name{};                 // of a shipped scenario that was called by its name; empty otherwise

  // Name of the scenario in results and in the command that repeats them.
  [[nodiscard]] const std::string& called() const { return name.empty() ? path : name; }
};

// Trees that are complete but not read into Specs yet. A tree is empty when it could not be loaded; the log says why.
struct ResolvedScenario {
  std::string path;
  sim::config::Position position;  // of the scenario itself, for keys that are missing from it
  std::optional<sim::config::Value> machine;
  std::optional<sim::config::Value> model;
  bool names_model = false;
  std::optional<sim::config::Value> workload;
  std::optional<sim::config::Value> events;    // list of what happens to the machine meanwhile
  std::optional<sim::config::Value> recovery;  // what transports do about lost packets
  std::string machine_name;                    // as the scenario says it; empty when it does not
  std::string model_name;
  std::string model_layers;       // of the model's file; empty when it has none
  std::vector<Change> overrides;  // of the scenario's file
  std::vector<Change> changes;    // of a sweep
  std::vector<Change> sets;       // of the command line
  std::uint64_t seed = 1;
  sim::config::ReadingLog log;
};

// Order: files, then `overrides`, then `changes`, then `sets`. Problems are collected in the log; only a scenario file
// that cannot be read at all throws (ConfigError).
ResolvedScenario load_scenario(const ScenarioRequest& request);

// A name for what is simulated: values and seed, whatever their evidence, their order and the files they stand in.
std::string configuration_digest(const ResolvedScenario& scenario);

// A tree with numbers in place of the maps that say where they come from.
sim::config::Value without_evidence(const sim::config::Value& value);

}  // namespace cm::tools
