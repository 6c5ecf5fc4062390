// Which rows the ranks of a decode instance send to which experts, layer by layer and iteration by iteration.
#pragma once

#include "workloads/decode/rank_batches.h"
#include "workloads/exchanges/token_routing.h"
#include "workloads/expert_parallel/expert_choices.h"

#include <cstdint>
#include <vector>

namespace cm::workloads {

class ExpertRouting {
 public:
  // Borrowed. A model without experts has no layers here.
  ExpertRouting(const DecodeSetup& setup, const RankBatches& batches);

  // Lays out the rows of a microbatch's exchange; generations go through the MoE layers and the passes of the MTP layer
  // of one iteration after the other. Returns the tokens of each rank. Draws come from a stream of this exchange alone:
  // who asks for them, and when, decides nothing.
  std::vector<std::uint32_t> route(std::uint32_t micro, std::uint32_t generation, ExchangeTraffic& traffic) const;

  // Slots of experts on each rank in a layer of the model.
  [[nodiscard]] std::int64_t slots_per_rank(std::int64_t layer) const;

 private:
  [[nodiscard]] models::TraceWalk trace_walk(std::uint32_t micro, std::uint32_t generation) const;
  // Exchanges of a microbatch in one iteration.
  [[nodiscard]] std::uint32_t exchanges() const;

  DecodeSetup setup_;
  const RankBatches& batches_;
  std::vector<ExpertLayer> layers_;  // the MoE layers, the MTP layer last
};

}  // namespace cm::workloads
