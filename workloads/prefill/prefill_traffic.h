// Bytes that the ranks of a prefill batch send each other: the latents and heads of attention, and the rows of the
// experts, which are drawn for each microbatch and MoE layer.
#pragma once

#include "workloads/exchanges/bulk_exchange.h"
#include "workloads/prefill/expert_rows.h"
#include "workloads/prefill/layer_costs.h"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace cm::workloads {

class PrefillTraffic {
 public:
  // All borrowed. Layers: dense ones, then as many MoE layers as the deployment simulates.
  PrefillTraffic(const PrefillDeployment& deployment, const models::ModelSpec& model,
                 const models::MachineSpec& machine, const LayerCosts& costs, std::uint64_t seed);

  // Layers that are simulated, and MoE layers that are left out.
  [[nodiscard]] std::int64_t layers() const { return layers_; }
  [[nodiscard]] std::int64_t layers_left() const;

  // Bytes of an exchange of a microbatch. Generations are layers; of Dispatch and Combine MoE layers. Each is to be
  // asked for once; Dispatch draws the rows of its layer from a stream of that layer and microbatch alone: who asks,
  // and when, decides nothing.
  BulkBytes bytes(std::uint32_t micro, PrefillExchange which, std::uint32_t generation);

  // Rows that the rank receives in a layer whose dispatch has been drawn, and not the next but one.
  [[nodiscard]] std::int64_t received(std::uint32_t micro, std::int64_t layer, std::uint32_t rank) const
  {
    return rows_[micro][static_cast<std::size_t>(layer - model_.dense_layers) % 2].received[rank];
  }

  // Bytes that all ranks send to others, those of the layers left out included.
  [[nodiscard]] double sent_bytes() const;
  // Most rows that a rank received in a layer over the mean, the worst layer. Empty when no layer has experts.
  [[nodiscard]] std::optional<double> worst_imbalance() const { return worst_imbalance_; }

 private:
  struct Layer {
    models::Gate gate;
    models::Placement placement;
  };

  void draw_rows_of(std::uint32_t micro, std::uint32_t moe_layer);
  [[nodiscard]] std::vector<std::int64_t> pairs(std::uint32_t micro, PrefillExchange which,
                                                const ExpertRows& rows) const;

  const PrefillDeployment& deployment_;
  const models::ModelSpec& model_;
  const LayerCosts& costs_;
  std::uint64_t seed_;
  std::uint32_t expert_lanes_;
  std::int64_t layers_;
  std::vector<Layer> moe_;
  std::array<std::array<ExpertRows, 2>, MostMicrobatches> rows_;  // [microbatch][MoE layer % 2]
  std::array<std::int64_t, 2> sent_{};  // bytes, [whether the layer has experts], simulated layers
  std::optional<double> worst_imbalance_;
};

}  // namespace cm::workloads
