// One product of matrices on one die: time, rate, and what limits it.
#pragma once

#include "models/compute/matrix_product.h"
#include "models/network/machine.h"
#include "sim/config/reader.h"
#include "sim/config/unused_key.h"
#include "sim/metrics/result.h"

#include <vector>

namespace cm::workloads {

using GemmSpec = models::MatrixProduct;

GemmSpec read_gemm(sim::config::Reader& workload, const models::MachineSpec& machine);
std::vector<sim::config::UnusedKey> unused_keys(const GemmSpec& spec);
void run_gemm(const GemmSpec& spec, const models::MachineSpec& machine, sim::metrics::Result& result);

}  // namespace cm::workloads
