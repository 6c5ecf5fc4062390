#include "workloads/decode/decode.h"

#include "models/collectives/tensor_operation.h"
#include "models/network/queue_report.h"
#include "sim/diagnostics/errors.h"
#include "sim/engine/engine.h"
#include "sim/metrics/confidence.h"
#include "workloads/decode/capacity_figures.h"
#include "workloads/decode/decode_metric_table.h"
#include "workloads/decode/decode_plan.h"
#include "workloads/exchanges/rank_timeline.h"
#include "workloads/expert_parallel/asked_copies.h"
#include "workloads/live_machine/live_machine.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

namespace cm::workloads {
namespace {

// Layers that `microbatches: auto` compares on.
constexpr std::int64_t TrialLayers = 4;

// MoE layers, or those of a model that has no others.
std::int64_t trial_layers(const models::ModelSpec& model)
{
  return std::min(model.moe_layers() > 0 ? model.moe_layers() : model.layers, TrialLayers);
}

// Mean iteration without the engine: only the data plane's time matters.
double iteration_without_engine(const DecodeSpec& spec, const DecodePlan& plan, const models::ModelSpec& model,
                                const models::MachineSpec& machine, const topology::Supernode& supernode,
                                std::uint64_t seed)
{
  LiveMachine live(machine, supernode, seed);
  sim::metrics::NoProgress silent;
  DecodeRun run({spec, plan, model, machine, seed}, live, 0, silent);
  live.run_alone(run);
  return sim::metrics::mean(run.iteration_ms());
}

// The same of a shortened model.
double trial_ms(const DecodeSpec& spec, const DecodePlan& plan, const models::ModelSpec& model,
                const models::MachineSpec& machine, const topology::Supernode& supernode, std::uint64_t seed)
{
  models::ModelSpec shortened = model;
  shortened.layers = trial_layers(model);
  shortened.dense_layers = model.moe_layers() > 0 ? 0 : shortened.layers;
  DecodeSpec once = spec;
  once.iterations = 1;
  once.mtp_tokens = 0;
  return iteration_without_engine(once, plan, shortened, machine, supernode, seed);
}

DecodePlan choose_plan(const DecodeSpec& spec, const models::ModelSpec& model, const models::MachineSpec& machine,
                       const topology::Supernode& supernode, std::uint64_t seed, sim::metrics::Result& result)
{
  const DecodePlan one = plan_of(1, spec, model, machine, seed);
  if (spec.microbatches == Microbatches::One)
    return one;
  const DecodePlan two = plan_of(2, spec, model, machine, seed);
  if (spec.microbatches == Microbatches::Two)
    return two;
  const double with_one = trial_ms(spec, one, model, machine, supernode, seed);
  const double with_two = trial_ms(spec, two, model, machine, supernode, seed);
  result.notes.push_back(
      fmt::format("microbatches: auto took {}: {} layers take {:.3f} ms with one, {:.3f} ms with two",
                  with_two < with_one ? 2 : 1, trial_layers(model), with_one, with_two));
  return with_two < with_one ? two : one;
}

// The deployment in BF16, with as many microbatches; how it splits its cores is its own choice.
DecodeSpec in_bf16(const DecodeSpec& spec, const models::ModelSpec& model, const models::MachineSpec& machine)
{
  DecodeSpec companion = spec;
  companion.quantisation = models::Quantisation::Bf16;
  const models::HbmBudget budget = decode_budget(companion, model, machine);
  if (!budget.fits())
    throw RefusedByModel("compare_quantisation: in BF16 the deployment does not fit the HBM: " + budget.text() + "; " +
                         largest_batch_text(largest_batch(companion, model, machine)));
  return companion;
}

void add_metrics(const DecodeSpec& spec, const models::MachineSpec& machine, const DecodePlan& plan,
                 const DecodeRun& run, sim::metrics::Result& result)
{
  const double iteration = sim::metrics::mean(run.iteration_ms());
  const double tokens = spec.tokens_per_iteration();
  const double tpot = iteration / tokens;
  const double per_npu = static_cast<double>(spec.batch_per_npu) / tpot * 1e3;
  const bool is_fp8 = spec.quantisation == models::Quantisation::Fp8;
  const double die_peak = (is_fp8 ? machine.die.peak_fp8 : machine.die.peak_int8).count();
  const double peak = die_peak * machine.topology.dies_per_npu * 1e-12;
  result.add(DecodeMetrics["tpot_ms"], tpot,
             fmt::format("iteration / {:.4g} expected tokens (1 + a + a^2 + ...)", tokens));
  result.add(DecodeMetrics["iteration_ms"], iteration);
  if (run.iteration_ms().size() == 1)
    result.notes.emplace_back("one iteration gives no confidence interval; workload.iterations: 2 or more does");
  else
    result.add(DecodeMetrics["tpot_ci95_ms"], sim::metrics::half_width_95(run.iteration_ms()) / tokens);
  result.add(DecodeMetrics["tokens_per_s_per_npu"], per_npu);
  result.add(DecodeMetrics["tokens_per_s_per_tflops"], per_npu / peak,
             fmt::format("tokens/s per NPU / {:.0f} peak {}", peak, is_fp8 ? "FP8 TFLOPS" : "INT8 TOPS"));
  // A model cut down to its dense layers has no MoE layer to take the mean of.
  if (const std::optional<LayerTimes> layer = run.layer_times()) {
    result.add(DecodeMetrics["layer_us"], layer->layer());
    result.add(DecodeMetrics["stream_attention_us"], layer->attention_stream());
    result.add(DecodeMetrics["stream_moe_us"], layer->moe_stream());
  }
  result.add(DecodeMetrics["microbatches"], plan.microbatches);
  result.add(DecodeMetrics["attention_aic"], plan.attention_cores.aic);
}

void add_breakdown(const DecodeSpec& spec, const models::ModelSpec& model, const LayerTimes& layer,
                   sim::metrics::Result& result)
{
  auto& parts = result.breakdown;
  parts = {{"wait for attention stream", layer.wait_attention, "us"}, {"attention", layer.attention, "us"}};
  if (spec.tp > 1)
    parts.push_back({"attention: tensor exchange", layer.attention_exchange, "us"});
  if (model.has_experts()) {
    parts.insert(parts.end(), {{"wait for MoE stream", layer.wait_moe, "us"},
                               {"gate", layer.gate, "us"},
                               {"dispatch", layer.dispatch, "us"},
                               {"dispatch: wait in barrier", layer.dispatch_wait, "us"},
                               {"experts", layer.mlp, "us"},
                               {"combine", layer.combine, "us"},
                               {"combine: wait for tokens", layer.combine_wait, "us"}});
  } else {
    parts.insert(parts.end(), {{"wait for feed-forward stream", layer.wait_moe, "us"},
                               {"dense feed-forward", layer.dense_ffn, "us"}});
  }
  if (spec.tp > 1)
    parts.push_back({"feed-forward: tensor exchange", layer.ffn_exchange, "us"});
}

// Rows as in the breakdown, waits in the stage that waits.
void add_use(const DecodePlan& plan, const models::MachineSpec& machine, const DecodeRun& run, const LayerTimes& layer,
             sim::metrics::Result& result)
{
  const auto use = [&](std::string_view name, double us, DecodeStage stage) {
    return models::StageUse{.stage = std::string(name), .time = Seconds(us * 1e-6), .work = run.stage_work(stage)};
  };
  result.tables.push_back(models::use_per_stage(
      {use("attention", layer.attention, DecodeStage::Attention),
       use("attention: tensor exchange", layer.attention_exchange, DecodeStage::AttentionExchange),
       use("dense feed-forward", layer.dense_ffn, DecodeStage::DenseFfn), use("gate", layer.gate, DecodeStage::Gate),
       use("dispatch", layer.dispatch + layer.dispatch_wait, DecodeStage::Dispatch),
       use("experts", layer.mlp, DecodeStage::Experts),
       use("combine", layer.combine + layer.combine_wait, DecodeStage::Combine),
       use("feed-forward: tensor exchange", layer.ffn_exchange, DecodeStage::FfnExchange)},
      Seconds(layer.layer() * 1e-6), plan.microbatches, machine.die, models::all_lanes(machine)));
}

// Share of the HBM above which a batch has no room to grow.
constexpr double FullMemory = 0.95;

void add_answer(const models::HbmBudget& budget, sim::metrics::Result& result)
{
  result.answer.standings.push_back({"fits", models::fill_text(budget)});
  std::string limit = sim::metrics::largest_part_clause(result.breakdown, result.breakdown_of);
  const double full = ratio(budget.total(), budget.capacity);
  if (full > FullMemory)
    limit +=
        fmt::format("{}the HBM is {:.0f} % full: the batch has no room to grow", limit.empty() ? "" : "; ", 100 * full);
  result.answer.limit = sim::metrics::sentence_of(std::move(limit));
}

void add_histograms(const DecodeSpec& spec, const models::ModelSpec& model, const DecodeRun& run,
                    sim::metrics::Result& result)
{
  if (model.has_experts() && model.moe_layers() > 0) {
    result.add(DecodeMetrics["dispatch_us"], run.times().dispatch_us);
    result.add(DecodeMetrics["combine_us"], run.times().combine_us);
    result.add(DecodeMetrics["rank_wait_us"], run.times().wait_us);
  }
  if (spec.tp > 1)
    result.add(DecodeMetrics["tensor_exchange_us"], run.times().tensor_exchange_us);
  result.add(DecodeMetrics["rank_iteration_ms"], run.times().rank_iteration_ms);
}

}  // namespace

void run_decode(const DecodeSpec& spec, const models::ModelSpec& model, const models::MachineSpec& machine,
                std::uint64_t seed, sim::metrics::Progress& progress, sim::metrics::Result& result,
                sim::timeline::Timeline* timeline)
{
  if (!spec.refusal.empty())
    throw RefusedByModel(spec.refusal);
  const models::HbmBudget budget = decode_budget(spec, model, machine);
  if (!budget.fits())
    throw RefusedByModel("the deployment does not fit the HBM: " + budget.text() + "; " +
                         largest_batch_text(largest_batch(spec, model, machine)));
  const auto companion = spec.compare_quantisation ? std::optional(in_bf16(spec, model, machine)) : std::nullopt;
  const topology::Supernode supernode(machine.topology);
  const DecodePlan plan = choose_plan(spec, model, machine, supernode, seed, result);

  LiveMachine live(machine, supernode, seed);
  MachineRun carried(live);
  const sim::streams::Signal finished = carried.new_signal();
  DecodeRun run({spec, plan, model, machine, seed}, live, finished, progress);
  std::optional<RankTimeline> shown;
  if (timeline != nullptr)
    run.show_on(shown.emplace(*timeline, live.plane().fabric(), machine, spec.dies(), DecodeRun::StreamNames));
  carried.run("decode", run, finished);

  add_metrics(spec, machine, plan, run, result);
  std::ranges::copy(spec.choices.notes, std::back_inserter(result.notes));
  report_copies(spec.copies_note, {spec.redundant, spec.shared_on_every_rank ? spec.ep : spec.shared_copies}, result);
  const Seconds iteration(sim::metrics::mean(run.iteration_ms()) * 1e-3);
  add_ep_limit(spec, model, machine, iteration, result);
  if (companion) {
    const DecodePlan other = plan_of(plan.microbatches, *companion, model, machine, seed);
    const double ms = iteration_without_engine(*companion, other, model, machine, supernode, seed);
    add_int8_gain(spec, iteration, Seconds(ms * 1e-3), result);
  }
  models::report_queues(machine, live.plane(), result);
  result.add(DecodeMetrics["hbm_used_gb"], static_cast<double>(budget.total().count()) * 1e-9);
  result.add(DecodeMetrics["port_hops"], static_cast<double>(live.plane().fabric().port_hops()));
  if (const std::optional<LayerTimes> layer = run.layer_times()) {
    add_breakdown(spec, model, *layer, result);
    add_use(plan, machine, run, *layer, result);
  } else {
    result.notes.push_back(fmt::format("no MoE layer is left (model.layers={}, model.dense_layers={}): layer times and "
                                       "breakdown are absent",
                                       model.layers, model.dense_layers));
  }
  add_histograms(spec, model, run, result);
  add_answer(budget, result);
}

}  // namespace cm::workloads
