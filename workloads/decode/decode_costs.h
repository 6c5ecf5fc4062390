// Costs of the operators of decode for a rank in the place that it has reached.
#pragma once

#include "workloads/decode/decode_program.h"
#include "workloads/decode/rank_batches.h"
#include "workloads/exchanges/token_routing.h"
#include "workloads/layer_walk/layer_walk.h"

#include <string_view>

namespace cm::workloads {

class DecodeCosts {
 public:
  // Borrowed; `share` is what one die of a tensor-parallel group has of the model.
  DecodeCosts(const DecodeSetup& setup, const models::ModelSpec& share, const RankBatches& batches);

  // Cost of every operator but the experts.
  [[nodiscard]] OperatorCost of(DecodeOperator op, const WalkPlace& place) const;
  // Cost of the experts for the rows that the rank has received; `slots` of experts on each rank.
  [[nodiscard]] OperatorCost of_experts(const WalkPlace& place, const ExchangeTraffic& traffic,
                                        std::int64_t slots) const;

 private:
  [[nodiscard]] OperatorCost attention(const WalkPlace& place) const;
  [[nodiscard]] OperatorCost on(const models::CoreShare& cores, const models::Operator& op, std::string_view name,
                                DecodeStream track) const;

  DecodeSetup setup_;
  const models::ModelSpec& share_;
  const RankBatches& batches_;
};

}  // namespace cm::workloads
