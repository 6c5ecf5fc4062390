// Access to pooled memory: the latency of every tier taken apart, a load of many dies, and what else it is compared to.
#pragma once

#include "sim/metrics/result.h"
#include "workloads/kv_access/kv_spec.h"

namespace cm::workloads {

// Requires a machine with memory.
void run_kv(const KvSpec& spec, const models::MachineSpec& machine, std::uint64_t seed, sim::metrics::Result& result);

}  // namespace cm::workloads
