// Decode of a language model with a fixed batch per NPU: TPOT, throughput and where the time of a layer goes.
#pragma once

#include "sim/metrics/progress.h"
#include "sim/metrics/result.h"
#include "sim/timeline/timeline.h"
#include "workloads/decode/decode_spec.h"

namespace cm::workloads {

// Throws RefusedByModel, with the arithmetic, when the deployment does not fit the HBM of a die, and when the machine
// does not compute in what is asked for. With a timeline, what some of the ranks do is recorded on it.
void run_decode(const DecodeSpec& spec, const models::ModelSpec& model, const models::MachineSpec& machine,
                std::uint64_t seed, sim::metrics::Progress& progress, sim::metrics::Result& result,
                sim::timeline::Timeline* timeline = nullptr);

}  // namespace cm::workloads
