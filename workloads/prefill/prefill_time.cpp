#include "workloads/prefill/prefill_time.h"

#include "workloads/live_machine/live_machine.h"

#include <algorithm>

namespace cm::workloads {
namespace {

// MoE layers that `microbatches: auto` compares on.
constexpr std::int64_t TrialLayers = 4;

}  // namespace

Seconds device_time(const PrefillRun& run)
{
  return run.simulated() + Seconds(run.layer_ms() * 1e-3 * static_cast<double>(run.traffic().layers_left()));
}

models::MachineSpec with_chunk(const models::MachineSpec& machine, Bytes chunk)
{
  models::MachineSpec changed = machine;
  changed.ub.mtu = std::max(machine.ub.mtu, chunk);
  return changed;
}

PrefillTime time_prefill_loads(const PrefillDeployment& deployment, const std::vector<PrefillLoad>& microbatches,
                               std::int64_t prompts, const models::ModelSpec& model, const models::MachineSpec& machine,
                               const topology::Supernode& supernode, std::uint64_t seed, double lane_share)
{
  models::MachineSpec chunked = with_chunk(machine, deployment.chunk);
  chunked.die.sdma.bandwidth = machine.die.sdma.bandwidth * lane_share;
  LiveMachine live(chunked, supernode, seed, {.first_die = 0, .dies = deployment.ranks, .share = lane_share});
  sim::metrics::NoProgress silent;
  PrefillRun run({.deployment = deployment,
                  .model = model,
                  .machine = chunked,
                  .microbatches = microbatches,
                  .prompts = prompts,
                  .seed = seed},
                 live, 0, silent);
  live.run_alone(run);
  const Seconds device = device_time(run);
  return {.device = device,
          .total = device + machine.die.host.batch,
          .layer = Seconds(run.layer_ms() * 1e-3),
          .sent = run.traffic().sent_bytes() / deployment.ranks,
          .microbatches = static_cast<int>(microbatches.size())};
}

PrefillTime time_prefill_batch(const PrefillDeployment& deployment, int microbatches, const models::ModelSpec& model,
                               const models::MachineSpec& machine, const topology::Supernode& supernode,
                               const PrefillBatch& batch, std::uint64_t seed)
{
  return time_prefill_loads(deployment, cut(batch, microbatches), static_cast<std::int64_t>(batch.size()), model,
                            machine, supernode, seed);
}

int choose_microbatches(const PrefillDeployment& deployment, const models::ModelSpec& model,
                        const models::MachineSpec& machine, const topology::Supernode& supernode,
                        const PrefillBatch& batch, std::uint64_t seed)
{
  if (deployment.microbatches != PrefillMicrobatches::Auto)
    return deployment.microbatches == PrefillMicrobatches::Two && new_tokens(batch) > 1 ? 2 : 1;
  if (new_tokens(batch) < 2)
    return 1;
  PrefillDeployment trial = deployment;
  trial.layers_simulated = TrialLayers;
  const auto layer = [&](int microbatches) {
    return time_prefill_batch(trial, microbatches, model, machine, supernode, batch, seed).layer;
  };
  return layer(2) < layer(1) ? 2 : 1;
}

}  // namespace cm::workloads
