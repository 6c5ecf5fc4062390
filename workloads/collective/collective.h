// One collective operation over some ranks of an otherwise idle machine. docs/models/collectives.md.
#pragma once

#include "sim/metrics/result.h"
#include "workloads/collective/collective_spec.h"

namespace cm::workloads {

// Throws RefusedByModel when no protocol of the die is made for the operation's size.
void run_collective(const CollectiveSpec& spec, const models::MachineSpec& machine, std::uint64_t seed,
                    sim::metrics::Result& result);

}  // namespace cm::workloads
