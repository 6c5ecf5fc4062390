#include "workloads/prefill/layer_costs.h"

#include "models/compute/stage_use.h"

#include <algorithm>

namespace cm::workloads {
namespace {

using Operator = PrefillOperator;

// Part that `rank` gets when `all` are dealt out as evenly as they go.
std::int64_t rank_part(std::int64_t all, std::uint32_t rank, std::uint32_t ranks)
{
  return all / ranks + (rank < all % ranks ? 1 : 0);
}

}  // namespace

LayerCosts::LayerCosts(const PrefillDeployment& deployment, const models::ModelSpec& model, const models::DieSpec& die,
                       const std::vector<PrefillLoad>& microbatches)
    : deployment_(deployment), model_(model), die_(die),
      cores_{die.aic_cores, die.aiv_cores / static_cast<int>(microbatches.size())},
      slowdown_(microbatches.size() > 1 ? 1 + die.compute.side_by_side : 1),
      dispatch_row_(models::dispatch_row(model, deployment.quantisation, die))
{
  for (const PrefillLoad& load : microbatches) {
    auto& shares = shares_.emplace_back();
    for (std::uint32_t rank = 0; rank < deployment.ranks; ++rank)
      shares.push_back(share_of(load, rank));
  }
}

LayerCosts::Share LayerCosts::share_of(const PrefillLoad& load, std::uint32_t rank) const
{
  const models::Quantisation quantisation = deployment_.quantisation;
  Share share;
  share.tokens = rank_part(load.tokens, rank, deployment_.ranks);
  const models::PrefillAttention attention =
      models::prefill_attention(model_, quantisation,
                                {.ranks = deployment_.ranks,
                                 .tokens = share.tokens,
                                 .cached = rank_part(load.cached_tokens, rank, deployment_.ranks),
                                 .all_tokens = load.tokens,
                                 .all_cached = load.cached_tokens,
                                 .query_key_pairs = load.query_key_pairs});
  share.latents = {attention.key_value.gathered.count(), attention.query.gathered.count()};
  share.heads = attention.exchanged.count() * share.tokens;
  const auto set = [&](Operator which, std::span<const models::Operator> operators) {
    share.costs[static_cast<std::size_t>(which)] = total(operators);
  };
  const auto set_one = [&](Operator which, const models::Operator& op) { set(which, {&op, 1}); };
  set(Operator::KeysValuesDown, attention.key_value.down);
  set(Operator::QueriesDown, attention.query.down);
  set(Operator::KeysValuesUp, attention.key_value.up);
  set(Operator::QueriesUp, attention.query.up);
  set_one(Operator::Attend, attention.heads);
  set_one(Operator::Output, attention.output);
  set_one(Operator::DenseFfn, models::dense_ffn_operator(model_, quantisation, share.tokens));
  if (model_.has_experts()) {
    const std::int64_t rows = share.tokens * model_.top_k;
    const std::array gate{models::gate_operator(model_, share.tokens), models::route(model_, share.tokens, rows)};
    set(Operator::Gate, gate);
    set_one(Operator::PackForDispatch, models::pack_for_dispatch(model_, share.tokens, rows, dispatch_row_));
    if (model_.shared_experts > 0)
      set_one(
          Operator::SharedExpert,
          models::expert_operator(model_, quantisation, share.tokens * model_.shared_experts, model_.shared_experts));
    set_one(Operator::Accumulate, models::accumulate(model_, share.tokens, rows));
  }
  return share;
}

OperatorCost LayerCosts::total(std::span<const models::Operator> operators) const
{
  OperatorCost cost;
  for (const models::Operator& op : operators) {
    cost.time += models::operator_time(op, die_, cores_) * slowdown_;
    cost.traffic += op.traffic;
    cost.work += models::work_of(op, die_, cores_);
  }
  return cost;
}

OperatorCost LayerCosts::of_rows(std::size_t micro, std::uint32_t rank, Operator which, std::int64_t received) const
{
  const models::Quantisation quantisation = deployment_.quantisation;
  std::vector<models::Operator> operators;
  if (which == Operator::Sort || which == Operator::SortFirst || which == Operator::SortRest) {
    const std::int64_t first = received / 2;
    const std::int64_t rows = which == Operator::Sort        ? received
                              : which == Operator::SortFirst ? first
                                                             : received - first;
    operators.push_back(models::sort_by_expert(model_, quantisation, rows, dispatch_row_));
  } else if (which == Operator::PackForCombine) {
    operators.push_back(models::pack_for_combine(model_, received));
  } else {
    if (const std::int64_t own = tokens(micro, rank) * model_.shared_experts; own > 0 && which == Operator::Experts)
      operators.push_back(models::expert_operator(model_, quantisation, own, model_.shared_experts));
    if (received > 0)
      operators.push_back(models::grouped_experts(model_, quantisation, received,
                                                  std::min(deployment_.routed_slots(model_), received)));
  }
  return total(operators);
}

OperatorCost LayerCosts::head(std::uint32_t rank, std::int64_t prompts) const
{
  std::vector<models::Operator> operators;
  std::int64_t own = 0;
  for (const auto& shares : shares_)
    own += shares[rank].tokens;
  if (deployment_.with_mtp && own > 0)
    operators.push_back(models::mtp_projection_operator(model_, deployment_.quantisation, own));
  if (const std::int64_t first_tokens = rank_part(prompts, rank, deployment_.ranks); first_tokens > 0)
    operators.push_back(models::head_operator(model_, first_tokens));
  return total(operators);
}

}  // namespace cm::workloads
