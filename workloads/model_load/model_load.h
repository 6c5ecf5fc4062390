// Start of serving instances: their weights come from an object store, a memory pool or local DRAM, and go into NPUs.
//
//   cold start   bucket -> DRAM -> NPUs, piece by piece; the bucket is shared by all who load at the same time
//   warm start   DRAM -> NPUs
//   switch       warm when the cache has the model, else cold and alone
//
// Three caches: none; local DRAM of each instance, which therefore loads for itself; the pool, which loads once for
// all.
#pragma once

#include "models/network/machine.h"
#include "sim/metrics/result.h"

namespace cm::workloads {

struct ModelLoadSpec {
  Bytes model;
  std::uint32_t instances = 1;
  std::uint32_t npus = 1;    // of one instance
  std::uint32_t models = 1;  // that instances switch between
  Bytes local_dram;          // cache of one instance
  Bytes pool;                // cache of all of them together
  int switches = 1;          // drawn for the hit rate
  int pieces = 1;            // that a model is moved in
};

ModelLoadSpec read_model_load(sim::config::Reader& workload, const models::MachineSpec& machine);

// Requires a machine with memory.
void run_model_load(const ModelLoadSpec& spec, const models::MachineSpec& machine, std::uint64_t seed,
                    sim::metrics::Result& result);

}  // namespace cm::workloads
