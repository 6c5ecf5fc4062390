// Whole serving on one supernode: requests over time through prefill, context cache, hand-over and decode.
#pragma once

#include "sim/metrics/progress.h"
#include "sim/metrics/result.h"
#include "sim/timeline/timeline.h"
#include "workloads/serving/serving_spec.h"

namespace cm::workloads {

// Extras that a run may use and record beside its result.
struct ServingExtras {
  std::string cell_folder;                      // cells of earlier runs; empty: there are none, and none are kept
  sim::timeline::Timeline* timeline = nullptr;  // borrowed; null: nothing is recorded
};

// Throws RefusedByModel when a deployment does not fit the HBM, ConfigError when the trace cannot be read. A run whose
// requests arrive faster than they are served, that never settles or is too short says so: `steady` is false and the
// first warning begins with OVERLOADED or NOT STEADY.
void run_serving(const ServingSpec& spec, const models::ModelSpec& model, const models::MachineSpec& machine,
                 std::uint64_t seed, sim::metrics::Progress& progress, sim::metrics::Result& result,
                 const ServingExtras& extras = {});

}  // namespace cm::workloads
