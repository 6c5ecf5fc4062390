// Every kind of workload that a scenario can ask for, in one table.
#pragma once

#include "models/language_models/architecture.h"
#include "models/network/machine.h"
#include "sim/config/reader.h"
#include "sim/config/unused_key.h"
#include "sim/metrics/progress.h"
#include "sim/metrics/result.h"
#include "sim/timeline/timeline.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cm::tools {

// Inputs that a workload is read from, all borrowed. The workload may change the machine where it chooses policies of
// its own. The model is there when the kind needs one, the timeline when the user asked for one and the kind records
// it.
struct WorkloadInputs {
  sim::config::Reader& workload;
  models::MachineSpec& machine;
  const std::optional<models::ModelSpec>& model;
  sim::timeline::Timeline* timeline = nullptr;
  std::string cell_folder{};  // where cells are kept between runs; empty: nowhere
};

struct PreparedWorkload {
  // Runs what was read and adds to the result. The inputs are unchanged since, but for the reader, which is gone.
  std::function<void(std::uint64_t seed, sim::metrics::Progress& progress, sim::metrics::Result& result)> run;
  std::vector<sim::config::UnusedKey> unused{};  // keys that the kind has and this run does not use
};

struct WorkloadKind {
  std::string_view name;
  std::string_view sentence;  // for --help
  bool needs_model = false;
  PreparedWorkload (*prepare)(const WorkloadInputs& inputs) = nullptr;  // problems go to the reader's log
  std::span<const sim::metrics::MetricDeclaration> metrics;             // that it can report
  std::span<const sim::metrics::HeadlineRow> headline;                  // of these, in order of importance
  bool records_timeline = false;
  bool keeps_cells = false;    // between runs
  bool sends_packets = false;  // between dies: uses what they stand in, machine.packet_plane and that plane's keys
  bool takes_events = false;   // one run on one machine, from its start on
  std::string_view frees{};    // words of workload.free that it knows, separated by blanks
  // Further keys and sections of machine and model that runs of the kind use, separated by blanks, those of the machine
  // without "machine."; the rest is read and checked only. Keys that only some runs use are among them:
  // PreparedWorkload names those that this one does not.
  std::string_view uses{};
};

std::span<const WorkloadKind> workload_table();

// Words of `change` in the events of a scenario.
std::vector<std::string_view> event_words();

// The kind that a workload's `kind` names; null when there is none, which is reported.
const WorkloadKind* find_workload(const sim::config::Value& workload, sim::config::ReadingLog& log);

// Entries of a kind's headline that the result has.
std::vector<sim::metrics::Headline> headline_of(const WorkloadKind& kind, const sim::metrics::Result& result);

}  // namespace cm::tools
