// The published test of the fused kernels: every rank dispatches its tokens, then combines them, on an idle machine.
#pragma once

#include "models/experts/gate.h"
#include "models/experts/placement.h"
#include "models/network/machine.h"
#include "sim/config/reader.h"
#include "sim/metrics/progress.h"
#include "sim/metrics/result.h"
#include "sim/timeline/timeline.h"

namespace cm::workloads {

struct EpSpec {
  std::uint32_t ep = 0;
  std::uint32_t tokens_per_rank = 128;
  Bytes row{2 * 7168};
  std::uint32_t experts = 256;
  std::uint32_t top_k = 8;
  bool shared_expert = true;
  int aiv_cores = 0;
  models::Routing routing = models::Routing::Uniform;
  double sigma = 0;
  models::PlacementRule placement = models::PlacementRule::Contiguous;
  std::uint32_t redundant = 0;
  std::uint32_t repeats = 1;
};

// `machine` is changed where the workload chooses policies of its own.
EpSpec read_ep(sim::config::Reader& workload, models::MachineSpec& machine);

// With a timeline, what some of the ranks do is recorded on it.
void run_ep(const EpSpec& spec, const models::MachineSpec& machine, std::uint64_t seed,
            sim::metrics::Progress& progress, sim::metrics::Result& result,
            sim::timeline::Timeline* timeline = nullptr);

}  // namespace cm::workloads
