// One prefill batch as it happens: every rank walks its microbatches through the layers, on its own clock, and meets
// the other ranks in the exchanges.
//
// A microbatch needs the cube cores of its die for attention and for the experts, one microbatch at a time; what works
// on vector cores shares only the HBM; SDMA and the fabric are shared packet by packet. Steps whose sizes depend on the
// gate need a turn of the host process, which drives both microbatches of a die. Mechanism: docs/models/prefill.md.
#pragma once

#include "workloads/layer_walk/layer_walk.h"
#include "workloads/live_machine/live_machine.h"
#include "workloads/prefill/prefill_traffic.h"

#include <array>
#include <memory>
#include <vector>

namespace cm::workloads {

struct PrefillSetup {
  const PrefillDeployment& deployment;
  const models::ModelSpec& model;
  const models::MachineSpec& machine;
  std::vector<PrefillLoad> microbatches;  // one or two
  std::int64_t prompts = 1;               // that end in this batch and need a first token
  std::uint64_t seed = 1;
};

class PrefillRun final : private WalkedPhase {
 public:
  // Live machine, progress and all that the setup refers to are borrowed. `finished` is raised when the last rank is
  // done.
  PrefillRun(const PrefillSetup& setup, LiveMachine& live, sim::streams::Signal finished,
             sim::metrics::Progress& progress);

  // Starts every rank at the data plane's time.
  void start() { walk_.start(); }

  // In milliseconds, of the simulated layers (MoE layers when the model has any). The first one is left out when there
  // are others: both microbatches enter it together. Stages are PrefillStage.
  [[nodiscard]] const LayerBreakdown& breakdown() const { return walk_.breakdown(); }
  // The sum of the stages: the way of one microbatch through one layer.
  [[nodiscard]] double layer_ms() const;
  // From the start until the last rank was done, of the layers that are simulated.
  [[nodiscard]] Seconds simulated() const { return to_seconds(simulated_); }
  [[nodiscard]] const PrefillTraffic& traffic() const { return traffic_; }

 private:
  [[nodiscard]] std::span<const LayerStep> program(std::int64_t layer) const override;
  [[nodiscard]] bool counts(std::int64_t layer) const override;
  [[nodiscard]] OperatorCost cost(std::uint8_t op, const WalkPlace& place) const override;
  [[nodiscard]] Seconds turn() const override;
  [[nodiscard]] Exchange& exchange(std::uint8_t exchange, std::uint32_t micro) override;
  void end_iteration(std::uint32_t rank, std::uint32_t iteration, Picoseconds took) override;

  PrefillSetup setup_;
  LayerCosts costs_;
  PrefillTraffic traffic_;
  LayerWalk walk_;
  std::vector<std::array<std::unique_ptr<BulkExchange>, PrefillExchanges>> exchanges_;  // [microbatch]
  Picoseconds simulated_;
};

}  // namespace cm::workloads
