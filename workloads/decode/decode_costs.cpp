#include "workloads/decode/decode_costs.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>

namespace cm::workloads {

DecodeCosts::DecodeCosts(const DecodeSetup& setup, const models::ModelSpec& share, const RankBatches& batches)
    : setup_(setup), share_(share), batches_(batches)
{
}

OperatorCost DecodeCosts::on(const models::CoreShare& cores, const models::Operator& op, std::string_view name,
                             DecodeStream track) const
{
  const models::DieSpec& die = setup_.machine.die;
  return {.time = models::operator_time(op, die, cores),
          .traffic = op.traffic,
          .work = models::work_of(op, die, cores),
          .name = name,
          .track = static_cast<std::size_t>(track)};
}

OperatorCost DecodeCosts::of(DecodeOperator op, const WalkPlace& place) const
{
  const models::Quantisation quantisation = setup_.spec.quantisation;
  const models::DieSpec& die = setup_.machine.die;
  const models::CoreShare all_cores{die.aic_cores, die.aiv_cores};
  switch (op) {
  case DecodeOperator::Gate:
    return on(setup_.plan.moe_cores, models::gate_operator(setup_.model, batches_.tokens(place.micro)[place.rank]),
              "gate", DecodeStream::Moe);
  case DecodeOperator::DenseFfn:
    return on(setup_.plan.moe_cores,
              models::dense_ffn_operator(share_, quantisation, batches_.group_tokens(place.rank, place.micro)),
              "dense FFN", DecodeStream::Moe);
  case DecodeOperator::Head:
    return on(all_cores, models::head_operator(share_, batches_.group_tokens(place.rank)), "head",
              DecodeStream::Attention);
  case DecodeOperator::MtpProjection:
    return on(all_cores, models::mtp_projection_operator(setup_.model, quantisation, batches_.group_tokens(place.rank)),
              "MTP projection", DecodeStream::Attention);
  case DecodeOperator::StepOverhead:
    return {.time = setup_.machine.free.host ? Seconds(0) : setup_.model.step_overhead, .name = "step overhead"};
  case DecodeOperator::Attention: return attention(place);
  case DecodeOperator::Experts: break;
  }
  ensure(false, "the cost of operator {} depends on rows", static_cast<int>(op));
  return {};
}

// Work is known of all operators of attention together; it counts with the last one.
OperatorCost DecodeCosts::attention(const WalkPlace& place) const
{
  const AttentionWork& work = batches_.attention(place.rank, place.micro);
  const std::size_t which = place.operators_done;
  const bool is_last = which + 1 == work.times.size();
  return {.time = work.times[which],
          .traffic = work.traffic[which],
          .work = is_last ? work.work : models::StageWork{},
          .is_last = is_last,
          .name = work.names[which]};
}

OperatorCost DecodeCosts::of_experts(const WalkPlace& place, const ExchangeTraffic& traffic, std::int64_t slots) const
{
  const models::ModelSpec& model = setup_.model;
  const bool is_free = setup_.machine.free.experts;
  // A copy of the shared experts is all of them side by side: a row for it counts once for each.
  const std::int64_t shared = traffic.received[place.rank] - traffic.received_routed[place.rank];
  const std::int64_t wider = shared > 0 ? model.shared_experts - 1 : 0;
  const std::int64_t received = traffic.received[place.rank] + shared * wider;
  // Shared experts beside the slots take the rank's own tokens, which never left it.
  const std::int64_t tokens = batches_.tokens(place.micro)[place.rank];
  const std::int64_t apart = setup_.spec.shared_on_every_rank && tokens > 0 ? model.shared_experts : 0;
  const std::int64_t rows = received + apart * tokens;
  if (rows > 0 && !is_free)
    return on(setup_.plan.moe_cores,
              models::expert_operator(model, setup_.spec.quantisation, rows, std::min(slots + wider, received) + apart),
              "experts", DecodeStream::Moe);
  return {.time = is_free ? Seconds(0) : setup_.machine.die.compute.cube_operator,
          .name = "experts",
          .track = static_cast<std::size_t>(DecodeStream::Moe)};
}

}  // namespace cm::workloads
