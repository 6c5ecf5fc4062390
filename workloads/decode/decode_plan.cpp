#include "workloads/decode/decode_plan.h"

#include "models/collectives/tensor_operation.h"
#include "workloads/decode/core_split.h"
#include "workloads/live_machine/live_machine.h"

#include <algorithm>

namespace cm::workloads {
namespace {

StreamLoad stream_load(const DecodeSpec& spec, const models::ModelSpec& model, const models::MachineSpec& machine,
                       std::uint64_t seed)
{
  StreamLoad load;
  const std::int64_t requests = std::max<std::int64_t>(1, spec.requests_of_group(0, machine.topology.dies_per_npu) / 2);
  const std::int64_t queries = 1 + spec.mtp_tokens;
  const std::int64_t kv = spec.prompt_length + spec.output_length / 2;
  load.batch = {requests, requests * queries, requests * kv, requests * queries * kv};
  load.tokens = models::token_share(requests * queries, spec.tp, 0);
  load.ranks = spec.dies();
  load.tensor_parallel = spec.tp;
  load.quantisation = spec.quantisation;
  load.exchange = spec.exchange;
  load.lanes = machine.topology.lane_bandwidth * static_cast<double>(machine.topology.sub_planes);
  load.quantised_dispatch = spec.quantised_dispatch;
  const bool leaves_node = spec.dies() > machine.topology.dies_per_node();
  load.extra_round_trip = leaves_node ? machine.ub.extra_traversals() * 2.0 : Seconds(0);
  load.round_trip =
      machine.ub.access.npu_base + machine.ub.access.write_extra + machine.ub.traversal * 2.0 + load.extra_round_trip;
  if (!model.has_experts())
    return load;
  load.messages = load.tokens * (model.top_k + (spec.shared_copies > 0 ? 1 : 0));
  const ExpertLayer layer = build_expert_layers(spec.choices,
                                                {.slots = spec.slots(model, machine),
                                                 .top_k = static_cast<std::uint32_t>(model.top_k),
                                                 .profile = model.expert_load},
                                                seed)
                                .front();
  const models::Placement& placement = layer.placement;
  load.hot_messages =
      static_cast<std::int64_t>(static_cast<double>(load.messages) * placement.imbalance(layer.gate.loads()));
  load.experts_per_rank = placement.slots_per_rank();
  if (spec.shared_on_every_rank) {
    load.own_rows = load.tokens * model.shared_experts;
    load.own_experts = model.shared_experts;
  }
  return load;
}

}  // namespace

DecodePlan plan_of(int microbatches, const DecodeSpec& spec, const models::ModelSpec& model,
                   const models::MachineSpec& machine, std::uint64_t seed)
{
  const models::CoreShare all{machine.die.aic_cores, machine.die.aiv_cores};
  if (microbatches == 1)
    return {1, all, all};
  if (spec.takes_turns)
    return {2, all, all, true};
  const models::CoreShare attention = spec.attention_cores
                                          ? *spec.attention_cores
                                          : best_split(model, machine, stream_load(spec, model, machine, seed));
  return {2, attention, {all.aic - attention.aic, all.aiv - attention.aiv}};
}

DecodeTime time_decode_iteration(const DecodeSpec& spec, int microbatches, std::int64_t moe_layers,
                                 const models::ModelSpec& model, const models::MachineSpec& machine,
                                 const topology::Supernode& supernode, std::uint64_t seed, double lane_share)
{
  DecodeSpec once = spec;
  once.iterations = 1;
  models::ModelSpec shortened = model;
  const std::int64_t simulated = std::min(model.layers, model.dense_layers + moe_layers);
  shortened.layers = simulated;
  const DecodePlan plan = plan_of(microbatches, once, model, machine, seed);
  // Copies of shared experts are on the first dies.
  LiveMachine live(machine, supernode, seed, {.first_die = spec.dies() - 1, .dies = 1, .share = lane_share});
  sim::metrics::NoProgress silent;
  DecodeRun run({once, plan, shortened, machine, seed}, live, 0, silent);
  live.run_alone(run);
  // Experts alone make traffic, those of the MTP layer too.
  const std::int64_t passes = spec.mtp_tokens > 0 ? 1 : 0;
  const double layers_over_simulated =
      static_cast<double>(model.layers - model.dense_layers + passes) /
      static_cast<double>(std::max<std::int64_t>(1, simulated - model.dense_layers + passes));
  return {
      .iteration = Seconds(run.iteration_ms().front() * 1e-3 + run.layer_times().value_or(LayerTimes{}).layer() * 1e-6 *
                                                                   static_cast<double>(model.layers - simulated)),
      .sent = static_cast<double>(live.plane().fabric().payload_bytes_emitted()) * layers_over_simulated / spec.dies()};
}

}  // namespace cm::workloads
