// The keys of a decode run that say which copies of experts there are, and whether they fit the ranks.
#pragma once

#include "workloads/decode/decode_spec.h"

namespace cm::workloads {

ExpertShape shape_of(const models::ModelSpec& model);

// `experts`: auto, or a map whose numbers may be auto.
void read_copies(sim::config::Reader& workload, const models::ModelSpec& model, DecodeSpec& spec);

// Complains about slots that do not divide over the ranks and about loads that the model does not have.
void check_experts(sim::config::Reader& workload, const DecodeSpec& spec, const models::ModelSpec& model,
                   const models::MachineSpec& machine);

}  // namespace cm::workloads
