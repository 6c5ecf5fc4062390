// How a rank shares its cores between streams, and how long one iteration takes on an idle machine, for schedulers.
// The iteration is simulated on a separate data plane, so it may be asked inside another simulation.
#pragma once

#include "workloads/decode/decode_run.h"

namespace cm::workloads {

// With `microbatches` 1 or 2, at the spec's batch and KV length.
DecodePlan plan_of(int microbatches, const DecodeSpec& spec, const models::ModelSpec& model,
                   const models::MachineSpec& machine, std::uint64_t seed);

struct DecodeTime {
  Seconds iteration;  // MTP passes and head included
  double sent = 0;    // bytes that a die sends in it, mean
};

// One iteration of the spec's batch. Dense layers and `moe_layers` MoE layers are simulated; the other MoE layers take
// the mean of these. One die, which holds routed experts, is left `lane_share` of its lanes (above 0, at most 1). Equal
// arguments give equal times.
DecodeTime time_decode_iteration(const DecodeSpec& spec, int microbatches, std::int64_t moe_layers,
                                 const models::ModelSpec& model, const models::MachineSpec& machine,
                                 const topology::Supernode& supernode, std::uint64_t seed, double lane_share = 1);

}  // namespace cm::workloads
