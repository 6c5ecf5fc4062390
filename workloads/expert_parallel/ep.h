// The published test of the exchange kernels: every rank dispatches its tokens, then combines them, on an idle machine.
#pragma once

#include "sim/metrics/progress.h"
#include "sim/metrics/result.h"
#include "sim/timeline/timeline.h"
#include "workloads/expert_parallel/ep_spec.h"

namespace cm::workloads {

// With a timeline, what some of the ranks do is recorded on it.
void run_ep(const EpSpec& spec, const models::MachineSpec& machine, std::uint64_t seed,
            sim::metrics::Progress& progress, sim::metrics::Result& result,
            sim::timeline::Timeline* timeline = nullptr);

}  // namespace cm::workloads
