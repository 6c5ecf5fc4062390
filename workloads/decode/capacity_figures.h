// Two figures of a deployment that people compare: how many experts the fabric could feed, and what INT8 is worth.
#pragma once

#include "sim/metrics/result.h"
#include "workloads/decode/decode_spec.h"

namespace cm::workloads {

// Traffic that one expert slot takes in and gives back per second: its rows of dispatch, as long as they are on the
// wire, and of combine, which are BF16, in all MoE layers and MTP passes of an iteration, mean over the slots. Requires
// an iteration time above zero.
BytesPerSecond slot_traffic(const DecodeSpec& spec, const models::ModelSpec& model, const models::MachineSpec& machine,
                            Seconds iteration);

// Adds ep_limit: the slots whose traffic together would be all that the dies' lanes can send. Nothing for a model
// without experts.
void add_ep_limit(const DecodeSpec& spec, const models::ModelSpec& model, const models::MachineSpec& machine,
                  Seconds iteration, sim::metrics::Result& result);

// Adds int8_gain from the iteration times of the same deployment in INT8 and in BF16, and the accuracy that the user
// says INT8 retains.
void add_int8_gain(const DecodeSpec& spec, Seconds int8, Seconds bf16, sim::metrics::Result& result);

}  // namespace cm::workloads
