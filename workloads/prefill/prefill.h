// Prefill of a load of prompts on one instance: throughput, time to first token, and where the time of a layer goes.
#pragma once

#include "sim/metrics/progress.h"
#include "sim/metrics/result.h"
#include "workloads/prefill/prefill_spec.h"

namespace cm::workloads {

// Throws RefusedByModel, with the arithmetic, when the deployment does not fit the HBM of a die.
void run_prefill(const PrefillSpec& spec, const models::ModelSpec& model, const models::MachineSpec& machine,
                 std::uint64_t seed, sim::metrics::Progress& progress, sim::metrics::Result& result);

}  // namespace cm::workloads
