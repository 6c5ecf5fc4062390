// How long one prefill batch takes on an idle instance, for schedulers. The batch is simulated on a separate data
// plane, so it may be asked inside another simulation.
#pragma once

#include "workloads/prefill/prefill_run.h"

namespace cm::workloads {

struct PrefillTime {
  Seconds device;   // from the first operator to the last rank's first tokens
  Seconds total;    // with the host's work before and after
  Seconds layer;    // mean
  double sent = 0;  // bytes that a die sends to others, mean
  int microbatches = 1;
};

// Device time of a run, extrapolated when some layers were left out.
Seconds device_time(const PrefillRun& run);

// The machine as bulk copies see it: the fabric moves pieces of up to `chunk`.
models::MachineSpec with_chunk(const models::MachineSpec& machine, Bytes chunk);

// `microbatches` 1 or 2. A batch of a single token has one. Equal arguments give equal times.
PrefillTime time_prefill_batch(const PrefillDeployment& deployment, int microbatches, const models::ModelSpec& model,
                               const models::MachineSpec& machine, const topology::Supernode& supernode,
                               const PrefillBatch& batch, std::uint64_t seed);

// The same of one or two microbatches that are given by what they come to, whatever prompts that may be. All dies are
// left `lane_share` of their lanes and of their SDMA engine (above 0, at most 1).
PrefillTime time_prefill_loads(const PrefillDeployment& deployment, const std::vector<PrefillLoad>& microbatches,
                               std::int64_t prompts, const models::ModelSpec& model, const models::MachineSpec& machine,
                               const topology::Supernode& supernode, std::uint64_t seed, double lane_share = 1);

// time_prefill_batch() with as many microbatches as the deployment says; auto tries both on `trial_layers` MoE layers.
int choose_microbatches(const PrefillDeployment& deployment, const models::ModelSpec& model,
                        const models::MachineSpec& machine, const topology::Supernode& supernode,
                        const PrefillBatch& batch, std::uint64_t seed);

}  // namespace cm::workloads
