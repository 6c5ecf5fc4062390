#include "workloads/prefill/prefill.h"

#include "models/network/queue_report.h"
#include "sim/diagnostics/errors.h"
#include "sim/engine/engine.h"
#include "workloads/expert_parallel/asked_copies.h"
#include "workloads/live_machine/live_machine.h"
#include "workloads/prefill/prefill_metric_table.h"
#include "workloads/prefill/prefill_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>

namespace cm::workloads {
namespace {

struct StageName {
  std::string_view part;
  const sim::metrics::MetricDeclaration& metric;
};

constexpr std::array<StageName, PrefillStages> StageNames{{
    {"wait for cube cores", PrefillMetrics["wait_for_cube_ms"]},
    {"attention: before heads", PrefillMetrics["attention_before_ms"]},
    {"attention: heads", PrefillMetrics["attention_heads_ms"]},
    {"attention: after heads", PrefillMetrics["attention_after_ms"]},
    {"gate", PrefillMetrics["gate_ms"]},
    {"dispatch", PrefillMetrics["dispatch_ms"]},
    {"experts", PrefillMetrics["experts_ms"]},
    {"combine", PrefillMetrics["combine_ms"]},
}};

void add_throughput(const PrefillSpec& spec, const models::MachineSpec& machine, Seconds device, std::size_t batches,
                    sim::metrics::Result& result)
{
  const double per_npu = static_cast<double>(spec.tokens_per_npu) / device.count();
  const double peak = machine.die.peak_int8.count() * machine.topology.dies_per_npu * 1e-12;
  result.add(PrefillMetrics["prefill_tokens_per_s_per_npu"], per_npu);
  result.add(PrefillMetrics["prefill_tokens_per_s_per_tflops"], per_npu / peak,
             fmt::format("tokens/s per NPU / {:.0f} peak INT8 TOPS", peak));
  result.add(PrefillMetrics["ttft_ms"], (device + machine.die.host.batch).count() * 1e3);
  result.add(PrefillMetrics["batches"], static_cast<double>(batches));
}

// Notes that the times rely on the host's turns: in each layer, four for each microbatch.
void rest_on_host(sim::metrics::Result& result)
{
  result.reliances.push_back(
      {"machine.die.host.turn",
       {"prefill_tokens_per_s_per_npu", "prefill_tokens_per_s_per_tflops", "ttft_ms", "layer_ms"}});
}

void add_layer(const PrefillRun& run, sim::metrics::Result& result)
{
  result.add(PrefillMetrics["layer_ms"], run.layer_ms());
  for (std::size_t stage = 0; stage < PrefillStages; ++stage) {
    const double mean = run.breakdown().time(stage);
    result.add(StageNames[stage].metric, mean);
    result.breakdown.push_back({std::string(StageNames[stage].part), mean, "ms"});
  }
  result.add(PrefillMetrics["expert_imbalance"], run.traffic().worst_imbalance());
}

void add_use(const PrefillRun& run, int microbatches, const models::MachineSpec& machine, sim::metrics::Result& result)
{
  std::vector<models::StageUse> uses;
  for (std::size_t stage = 0; stage < PrefillStages; ++stage)
    if (static_cast<PrefillStage>(stage) != PrefillStage::WaitForCube)
      uses.push_back({.stage = std::string(StageNames[stage].part),
                      .time = Seconds(run.breakdown().time(stage) * 1e-3),
                      .work = run.breakdown().work(stage)});
  result.tables.push_back(models::use_per_stage(uses, Seconds(run.layer_ms() * 1e-3), microbatches, machine.die,
                                                models::all_lanes(machine)));
}

void add_answer(const models::HbmBudget& budget, sim::metrics::Result& result)
{
  result.answer.standings.push_back({"fits", models::fill_text(budget)});
  result.answer.limit =
      sim::metrics::sentence_of(sim::metrics::largest_part_clause(result.breakdown, result.breakdown_of));
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
  LiveMachine live(chunked, supernode, seed);
  MachineRun carried(live);
  std::deque<PrefillRun> runs;
  carried.run("prefill", [&](sim::engine::Control& control) {
    for (std::size_t batch = 0; batch < batches.size(); ++batch) {
      const sim::streams::Signal finished = carried.new_signal();
      PrefillRun& run = runs.emplace_back(PrefillSetup{.deployment = deployment,
                                                       .model = model,
                                                       .machine = chunked,
                                                       .microbatches = cut(batches[batch], microbatches),
                                                       .prompts = static_cast<std::int64_t>(batches[batch].size()),
                                                       .seed = seed + batch},
                                          live, finished, progress);
      control.synchronise();
      run.start();
      control.wait(finished);
    }
  });

  Seconds device;
  for (const PrefillRun& run : runs)
    device += device_time(run);
  add_throughput(spec, machine, device, batches.size(), result);
  add_layer(runs.front(), result);
  add_use(runs.front(), microbatches, machine, result);
  rest_on_host(result);
  if (runs.front().traffic().layers_left() > 0)
    result.notes.push_back(fmt::format("{} of {} MoE layers were simulated; the others take their mean",
                                       deployment.moe_layers(model) - runs.front().traffic().layers_left(),
                                       deployment.moe_layers(model)));
  report_copies(deployment.copies_note, {deployment.redundant, deployment.shared_copies}, result);
  result.add(PrefillMetrics["microbatches"], microbatches);
  models::report_queues(chunked, live.plane(), result);
  result.add(PrefillMetrics["hbm_used_gb"], static_cast<double>(budget.total().count()) * 1e-9);
  result.add(PrefillMetrics["port_hops"], static_cast<double>(live.plane().fabric().port_hops()));
  add_answer(budget, result);
}

}  // namespace cm::workloads
