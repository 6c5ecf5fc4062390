// The composition root: the only code that sees all layers.
#pragma once

#include "sim/config/reading_log.h"
#include "sim/config/value.h"
#include "sim/metrics/progress.h"
#include "sim/metrics/result.h"
#include "sim/timeline/timeline.h"
#include "tools/runner/key_note.h"
#include "tools/scenario/scenario.h"
#include "topology/supernode/supernode_spec.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cm::tools {

// Names of a run where people read them.
struct RunTitle {
  std::string workload;  // its kind
  std::string machine;
  std::string model;  // empty when the workload has none; says how many of its layers there are unless all
};

// "decode of deepseek-r1 on cloudmatrix384".
std::string to_text(const RunTitle& title);

// The table of a result that lists the numbers that the run used without being sure of them.
inline constexpr std::string_view UncertainNumbers = "uncertain_numbers";

struct FinishedRun {
  RunTitle title;
  sim::metrics::Result result;
};

// Throws ConfigError with everything that is wrong with scenario, machine, model and workload, before anything is run;
// that a workload cannot record a timeline when one is given is such a thing.
FinishedRun run_scenario(const ScenarioRequest& request, sim::metrics::Progress& progress,
                         sim::timeline::Timeline* timeline = nullptr);

// Description of a run, read and checked without running it.
struct ScenarioCheck {
  std::string configuration_digest;
  std::uint64_t seed = 0;
  std::vector<std::string> problems;
  bool is_malformed = false;     // some problem lies in one key, not in how values go together
  std::vector<KeyNote> notes{};  // about keys that were set on top and have no effect
};

// Throws ConfigError only when the scenario's own file cannot be read.
ScenarioCheck check_scenario(const ScenarioRequest& request);

// Parts that workload.free knows, as words of models::FreePartTable.
struct FreeChoice {
  std::string whose;               // "a run of p2p with machine.ub.model: flow"
  sim::config::Position place{};   // of the workload
  std::vector<std::string> known;  // to the run; none when its kind knows no such key
  std::vector<std::string> free;   // in the scenario as it is
};

// Throws ConfigError with everything that is wrong with the scenario.
FreeChoice free_choice(const ScenarioRequest& request);

// A number of machine or model that a run uses, as its file states it. Whoever changes another one gets the same
// metrics.
struct NumberUsed {
  sim::config::Provenance provenance;
  std::optional<sim::config::Value> range;  // a list of two: from which to which it may be
};

// In the order in which they are read. Throws ConfigError with everything that is wrong with the scenario.
std::vector<NumberUsed> numbers_used(const ScenarioRequest& request);

// Results of reading a scenario: problems, evidence, and the keys that were asked for.
struct ScenarioReading {
  sim::config::ReadingLog log;
  std::string kind;               // of workload; empty when the scenario names none
  std::vector<std::string> used;  // of the keys that were asked for those that the run uses, by full path
};

// Throws ConfigError only when the scenario's own file cannot be read.
ScenarioReading read_scenario(const ScenarioRequest& request);

// The machine of a scenario, whatever its workload. Throws ConfigError.
topology::SupernodeSpec scenario_topology(const ScenarioRequest& request);

}  // namespace cm::tools
