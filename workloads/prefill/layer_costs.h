// Costs of the operators of a layer for each rank: operator times on all cores of a die, HBM traffic, and the bytes of
// the exchanges that do not depend on the gate.
#pragma once

#include "workloads/layer_walk/layer_walk.h"
#include "workloads/prefill/batch.h"
#include "workloads/prefill/prefill_program.h"
#include "workloads/prefill/prefill_spec.h"

#include <array>
#include <vector>

namespace cm::workloads {

class LayerCosts {
 public:
  // All borrowed. The new and cached tokens of each microbatch are dealt out to the ranks as evenly as they go.
  LayerCosts(const PrefillDeployment& deployment, const models::ModelSpec& model, const models::DieSpec& die,
             const std::vector<PrefillLoad>& microbatches);

  [[nodiscard]] std::int64_t tokens(std::size_t micro, std::uint32_t rank) const { return shares_[micro][rank].tokens; }
  // Cost of an operator that does not depend on the rows that the rank has received.
  [[nodiscard]] const OperatorCost& fixed(std::size_t micro, std::uint32_t rank, PrefillOperator which) const
  {
    return shares_[micro][rank].costs[static_cast<std::size_t>(which)];
  }
  // SortFirst, SortRest, the experts and PackForCombine of a rank that has received so many rows.
  [[nodiscard]] OperatorCost of_rows(std::size_t micro, std::uint32_t rank, PrefillOperator which,
                                     std::int64_t received) const;
  // After the last layer: the MTP layer's projection of all tokens, and the head for the rank's part of `prompts`.
  [[nodiscard]] OperatorCost head(std::uint32_t rank, std::int64_t prompts) const;

  // From a rank to every other: KeyValueLatents or QueryLatents.
  [[nodiscard]] std::int64_t latents(std::size_t micro, std::uint32_t rank, PrefillExchange which) const
  {
    return shares_[micro][rank].latents[static_cast<std::size_t>(which)];
  }
  // From every rank to the rank that holds the tokens.
  [[nodiscard]] std::int64_t heads_to(std::size_t micro, std::uint32_t rank) const
  {
    return shares_[micro][rank].heads;
  }
  [[nodiscard]] Bytes dispatch_row() const { return dispatch_row_; }
  [[nodiscard]] Bytes combine_row() const { return Bytes(2 * model_.hidden); }

 private:
  struct Share {
    std::int64_t tokens = 0;
    std::array<std::int64_t, 2> latents{};
    std::int64_t heads = 0;
    std::array<OperatorCost, PrefillOperators> costs;
  };

  [[nodiscard]] Share share_of(const PrefillLoad& load, std::uint32_t rank) const;
  // Operators one after another.
  [[nodiscard]] OperatorCost total(std::span<const models::Operator> operators) const;

  const PrefillDeployment& deployment_;
  const models::ModelSpec& model_;
  const models::DieSpec& die_;
  models::CoreShare cores_;  // vector cores are divided among the microbatches
  double slowdown_;          // beside another microbatch
  Bytes dispatch_row_;
  std::vector<std::vector<Share>> shares_;  // [microbatch][rank]
};

}  // namespace cm::workloads
