#include "workloads/decode/core_split.h"

#include "models/collectives/tensor_operation.h"
#include "models/collectives/unfused_kernels.h"
#include "models/language_models/tensor_share.h"

#include <algorithm>

namespace cm::workloads {
namespace {

Seconds sending_time(const models::ExchangePlan& plan, const models::DieSpec& die, std::int64_t messages)
{
  const Seconds each = plan.message / std::min(plan.issue_rate, die.write_engine) + plan.pause;
  return plan.before_send + each * static_cast<double>(messages);
}

// Time of an exchange with the die's tensor-parallel group.
Seconds tensor_time(const models::ModelSpec& model, const models::DieSpec& die, const StreamLoad& load,
                    models::TensorOperation operation, int cores)
{
  if (load.tensor_parallel == 1)
    return Seconds(0);
  const models::TensorTask task{operation, load.batch.query_tokens, Bytes(2 * model.hidden), load.tensor_parallel};
  const Bytes piece = models::piece_of(task, 0);
  const auto plan = models::plan_combine(die, cores, task.row, load.extra_round_trip);
  const Seconds phase =
      piece * (load.tensor_parallel - 1) / std::min(plan.issue_rate, die.write_engine) + load.round_trip * 1.5;
  Seconds time = plan.before_send + phase;
  if (operation == models::TensorOperation::AllReduce)
    time += phase;
  if (operation != models::TensorOperation::AllGather)
    time += models::operator_time(models::reduction_operator(piece, load.tensor_parallel), die, {0, cores});
  return time;
}

Seconds fused_time(const models::ModelSpec& model, const models::DieSpec& die, const StreamLoad& load, int cores)
{
  const Bytes row(2 * model.hidden);
  const auto dispatch = models::plan_dispatch(die, cores, row, load.quantised_dispatch, load.extra_round_trip);
  const auto combine = models::plan_combine(die, cores, row, load.extra_round_trip);
  const auto reordering = models::plan_reordering(die, cores, load.ranks, load.hot_messages, dispatch.message);
  const auto gather = models::plan_gather(die, cores, load.tokens, model.top_k + 1, row);
  return sending_time(dispatch, die, load.messages) + models::flag_delay(die) + reordering.time +
         sending_time(combine, die, load.hot_messages) + gather.time + load.round_trip * 3.0;
}

Seconds unfused_time(const models::ModelSpec& model, const models::DieSpec& die, const StreamLoad& load, int cores)
{
  const Bytes row(2 * model.hidden);
  const Bytes wire = models::unfused_row(die, row, load.quantised_dispatch);
  const auto carry = [&](Bytes bytes) {
    const auto* protocol = models::protocol_of_exchange(die, load.lanes, bytes, load.ranks);
    return protocol == nullptr ? Seconds(0) : models::exchange_time(*protocol, load.lanes, bytes, load.ranks);
  };
  const Seconds rounds = carry(models::counts_message(load.experts_per_rank) * load.ranks) +
                         carry(wire * load.messages) + carry(row * load.hot_messages);
  const Seconds passes = models::plan_counting(die, load.messages).time +
                         models::plan_permutation(die, cores, load.messages, row, wire).time +
                         models::plan_grouping(die, cores, load.hot_messages, wire).time +
                         models::plan_grouping(die, cores, load.hot_messages, row).time +
                         models::plan_weighing(die, load.tokens, model.top_k + 1, row).time;
  return rounds + passes + die.unfused.host_synchronise + die.unfused.kernel_launch;
}

Seconds moe_time(const models::ModelSpec& model, const models::MachineSpec& machine, const StreamLoad& load,
                 const models::CoreShare& moe_cores)
{
  const models::DieSpec& die = machine.die;
  const auto mlp = models::expert_operator(model, load.quantisation, load.hot_messages + load.own_rows,
                                           load.experts_per_rank + load.own_experts);
  return models::operator_time(models::gate_operator(model, load.tokens), die, moe_cores) +
         (machine.free.experts ? Seconds(0) : models::operator_time(mlp, die, moe_cores)) +
         (load.exchange == ExchangeKind::Fused ? fused_time(model, die, load, moe_cores.aiv)
                                               : unfused_time(model, die, load, moe_cores.aiv));
}

}  // namespace

StreamEstimate estimate_streams(const models::ModelSpec& model, const models::MachineSpec& machine,
                                const StreamLoad& load, const models::CoreShare& attention_cores)
{
  using models::TensorOperation;
  const models::DieSpec& die = machine.die;
  const models::CoreShare moe_cores{die.aic_cores - attention_cores.aic, die.aiv_cores - attention_cores.aiv};
  const models::ModelSpec share = models::tensor_share(model, load.tensor_parallel);
  const bool has_experts = model.has_experts();
  StreamEstimate estimate;
  for (const models::Operator& op : models::attention_operators(share, load.quantisation, load.batch, die))
    estimate.attention += models::operator_time(op, die, attention_cores);
  estimate.attention += tensor_time(
      model, die, load, has_experts ? TensorOperation::ReduceScatter : TensorOperation::AllReduce, attention_cores.aiv);
  const auto dense = models::dense_ffn_operator(share, load.quantisation, load.batch.query_tokens);
  estimate.moe = has_experts ? moe_time(model, machine, load, moe_cores) : models::operator_time(dense, die, moe_cores);
  estimate.moe += tensor_time(model, die, load, has_experts ? TensorOperation::AllGather : TensorOperation::AllReduce,
                              moe_cores.aiv);
  return estimate;
}

models::CoreShare best_split(const models::ModelSpec& model, const models::MachineSpec& machine, const StreamLoad& load)
{
  const models::DieSpec& die = machine.die;
  models::CoreShare best{std::max(1, die.aic_cores / 2), std::max(1, die.aiv_cores / 2)};
  Seconds shortest(1e9);
  for (int aic = die.core_group; aic < die.aic_cores; aic += die.core_group) {
    const models::CoreShare share{aic, std::max(1, aic * die.aiv_cores / die.aic_cores)};
    const StreamEstimate estimate = estimate_streams(model, machine, load, share);
    const Seconds slower = std::max(estimate.attention, estimate.moe);
    if (slower < shortest) {
      shortest = slower;
      best = share;
    }
  }
  return best;
}

}  // namespace cm::workloads
