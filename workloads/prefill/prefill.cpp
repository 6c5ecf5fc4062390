#include "workloads/prefill/prefill.h"

#include "models/network/queue_report.h"
#include "sim/diagnostics/errors.h"
#include "sim/engine/engine.h"
#include "workloads/expert_parallel/asked_copies.h"
#include "workloads/prefill/prefill_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

namespace cm::workloads {
namespace {

struct StageName {
  std::string_view part;
  std::string_view metric;
  std::string_view formula;
};

constexpr std::array<StageName, PrefillStages> StageNames{{
    {"wait for cube cores", "wait_for_cube_ms", "that the other microbatch has"},
    {"attention: before heads", "attention_before_ms", "norm, down projections, all-gather, up projections"},
    {"attention: heads", "attention_heads_ms", "attention of the die's own heads"},
    {"attention: after heads", "attention_after_ms", "quantisation, all-to-all, output projection"},
    {"gate", "gate_ms", "norm, router, a turn of the host"},
    {"dispatch", "dispatch_ms", "packing, two turns of the host, all-to-all, sorting"},
    {"experts", "experts_ms", "shared and routed experts"},
    {"combine", "combine_ms", "packing, a turn of the host, all-to-all, accumulation"},
}};

void add_throughput(const PrefillSpec& spec, const models::MachineSpec& machine, Seconds device, std::size_t batches,
                    sim::metrics::Result& result)
{
  const double per_npu = static_cast<double>(spec.tokens_per_npu) / device.count();
  const double peak = machine.die.peak_int8.count() * machine.topology.dies_per_npu * 1e-12;
  result.add("prefill_tokens_per_s_per_npu", per_npu, "1/s",
             "tokens of prompts per NPU, reused ones included / time of all batches on the dies");
  result.add("prefill_tokens_per_s_per_tflops", per_npu / peak, "1/s",
             fmt::format("tokens/s per NPU / {:.0f} peak INT8 TOPS", peak));
  result.add("ttft_ms", (device + machine.die.host.batch).count() * 1e3, "ms",
             "of the last batch: all batches on the dies + the host's work for one");
  result.add("batches", static_cast<double>(batches), "count", "one after another");
}

// Of each layer, four turns of the host for each microbatch.
void rest_on_host(sim::metrics::Result& result)
{
  result.reliances.push_back(
      {"machine.die.host.turn",
       {"prefill_tokens_per_s_per_npu", "prefill_tokens_per_s_per_tflops", "ttft_ms", "layer_ms"}});
}

void add_layer(const PrefillRun& run, sim::metrics::Result& result)
{
  const auto stages = run.stage_ms();
  result.add("layer_ms", run.layer_ms(), "ms",
             "mean layer of the first batch, all its microbatches: sum of the stages");
  for (std::size_t stage = 0; stage < PrefillStages; ++stage) {
    result.add(std::string(StageNames[stage].metric), stages[stage], "ms",
               fmt::format("per microbatch: {}", StageNames[stage].formula));
    result.breakdown.push_back({std::string(StageNames[stage].part), stages[stage], "ms"});
  }
  result.add("expert_imbalance", run.worst_imbalance(), "1",
             "most rows received by a die over the mean, worst simulated layer", sim::metrics::Better::Lower);
}

}  // namespace

void run_prefill(const PrefillSpec& spec, const models::ModelSpec& model, const models::MachineSpec& machine,
                 std::uint64_t seed, sim::metrics::Progress& progress, sim::metrics::Result& result)
{
  if (!spec.refusal.empty())
    throw RefusedByModel(spec.refusal);
  const PrefillDeployment& deployment = spec.deployment;
  const std::vector<PrefillBatch> batches = chunks(spec.prompts(), deployment.batch_tokens);
  const models::HbmBudget budget = prefill_budget(deployment, model, machine.die, batches);
  if (!budget.fits())
    throw RefusedByModel("the deployment does not fit the HBM: " + budget.text() + "; " +
                         largest_prefill_text(deployment, model, machine,
                                              [&](std::int64_t tokens) { return chunks(spec.prompts(), tokens); }));
  const topology::Supernode supernode(machine.topology);
  const int microbatches = choose_microbatches(deployment, model, machine, supernode, batches.front(), seed);
  if (deployment.microbatches == PrefillMicrobatches::Auto)
    result.notes.push_back(fmt::format("microbatches: auto took {}", microbatches));

  const models::MachineSpec chunked = with_chunk(machine, deployment.chunk);
  sim::streams::DataPlane plane(models::data_plane_spec(chunked, supernode, seed));
  const models::EndpointEngines engines(chunked, plane.fabric());
  sim::engine::Engine engine;
  engine.carry(plane);
  std::deque<PrefillRun> runs;
  engine.spawn("prefill", [&](sim::engine::Control& control) {
    for (std::size_t batch = 0; batch < batches.size(); ++batch) {
      const sim::streams::Signal finished = engine.new_signal();
      PrefillRun& run = runs.emplace_back(PrefillSetup{.deployment = deployment,
                                                       .model = model,
                                                       .machine = chunked,
                                                       .microbatches = cut(batches[batch], microbatches),
                                                       .prompts = static_cast<std::int64_t>(batches[batch].size()),
                                                       .seed = seed + batch},
                                          plane, engines, finished, progress);
      plane.set_client(run);
      control.synchronise();
      run.start();
      control.wait(finished);
    }
  });
  engine.run();

  Seconds device;
  for (const PrefillRun& run : runs)
    device += device_time(run);
  add_throughput(spec, machine, device, batches.size(), result);
  add_layer(runs.front(), result);
  rest_on_host(result);
  if (runs.front().layers_left() > 0)
    result.notes.push_back(fmt::format("{} of {} MoE layers were simulated; the others take their mean",
                                       deployment.moe_layers(model) - runs.front().layers_left(),
                                       deployment.moe_layers(model)));
  report_copies(deployment.copies_note, {deployment.redundant, deployment.shared_copies}, result);
  result.add("microbatches", microbatches, "count", "that a die alternates between");
  models::report_queues(chunked, plane, result);
  result.add("hbm_used_gb", static_cast<double>(budget.total().count()) * 1e-9, "GB",
             "of a die: weights, buffers, latents of its share of a batch, reserve", sim::metrics::Better::Lower);
  result.add("port_hops", static_cast<double>(plane.fabric().port_hops()), "count",
             "packets leaving a port, of the layers that were simulated");
}

}  // namespace cm::workloads
