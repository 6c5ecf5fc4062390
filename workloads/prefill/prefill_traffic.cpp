#include "workloads/prefill/prefill_traffic.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace cm::workloads {
namespace {

using Sent = PrefillExchange;

// `bytes`: [source * ranks + destination].
std::int64_t sent_to_others(const std::vector<std::int64_t>& bytes, std::uint32_t ranks)
{
  std::int64_t sum = std::accumulate(bytes.begin(), bytes.end(), std::int64_t{0});
  for (std::size_t own = 0; own < bytes.size(); own += ranks + 1)
    sum -= bytes[own];
  return sum;
}

}  // namespace

PrefillTraffic::PrefillTraffic(const PrefillDeployment& deployment, const models::ModelSpec& model,
                               const models::MachineSpec& machine, const LayerCosts& costs, std::uint64_t seed)
    : deployment_(deployment), model_(model), costs_(costs), seed_(seed), expert_lanes_(models::expert_lanes(machine)),
      // Dense layers all run. Of the MoE layers, the MTP layer among them, as many as the deployment asks for.
      layers_(model.dense_layers + std::min(deployment.moe_layers(model), deployment.layers_simulated))
{
  for (std::int64_t layer = model.dense_layers; layer < layers_; ++layer) {
    models::Gate gate(deployment.gate(model, seed), static_cast<std::uint64_t>(layer));
    models::Placement placement(deployment.slots(model), deployment.placement, gate.planned_loads());
    moe_.push_back({std::move(gate), std::move(placement)});
  }
}

std::int64_t PrefillTraffic::layers_left() const
{
  return deployment_.moe_layers(model_) - static_cast<std::int64_t>(moe_.size());
}

BulkBytes PrefillTraffic::bytes(std::uint32_t micro, Sent which, std::uint32_t generation)
{
  const bool is_of_experts = which == Sent::Dispatch || which == Sent::Combine;
  if (which == Sent::Dispatch)
    draw_rows_of(micro, generation);
  const ExpertRows& rows = rows_[micro][generation % 2];
  BulkBytes bytes{pairs(micro, which, rows)};
  if (which == Sent::Dispatch)
    bytes.by_lane = bytes_by_lane(rows, costs_.dispatch_row(), false);
  else if (which == Sent::Combine)
    bytes.by_lane = bytes_by_lane(rows, costs_.combine_row(), true);
  sent_[is_of_experts || generation >= model_.dense_layers ? 1 : 0] += sent_to_others(bytes.pairs, deployment_.ranks);
  return bytes;
}

std::vector<std::int64_t> PrefillTraffic::pairs(std::uint32_t micro, Sent which, const ExpertRows& rows) const
{
  const std::uint32_t ranks = deployment_.ranks;
  std::vector<std::int64_t> bytes;
  bytes.reserve(static_cast<std::size_t>(ranks) * ranks);
  for (std::uint32_t source = 0; source < ranks; ++source)
    for (std::uint32_t destination = 0; destination < ranks; ++destination) {
      const std::size_t there = static_cast<std::size_t>(source) * ranks + destination;
      const std::size_t back = static_cast<std::size_t>(destination) * ranks + source;
      switch (which) {
      case Sent::KeyValueLatents:
      case Sent::QueryLatents: bytes.push_back(costs_.latents(micro, source, which)); break;
      case Sent::Heads: bytes.push_back(costs_.heads_to(micro, destination)); break;
      case Sent::Dispatch: bytes.push_back(rows.rows[there] * costs_.dispatch_row().count()); break;
      case Sent::Combine: bytes.push_back(rows.rows[back] * costs_.combine_row().count()); break;
      }
    }
  return bytes;
}

void PrefillTraffic::draw_rows_of(std::uint32_t micro, std::uint32_t moe_layer)
{
  std::vector<std::int64_t> tokens;
  for (std::uint32_t rank = 0; rank < deployment_.ranks; ++rank)
    tokens.push_back(costs_.tokens(micro, rank));
  const Layer& layer = moe_[moe_layer];
  const std::uint64_t member =
      std::uint64_t{micro} << 32U | static_cast<std::uint64_t>(model_.dense_layers + moe_layer);
  sim::RandomStream random(seed_, "prefill gate", member);
  ExpertRows& rows = rows_[micro][moe_layer % 2];
  rows =
      draw_rows(layer.gate, layer.placement, static_cast<std::uint32_t>(model_.top_k), tokens, random, expert_lanes_);
  const std::int64_t sum = std::accumulate(rows.received.begin(), rows.received.end(), std::int64_t{0});
  if (sum > 0)
    worst_imbalance_ =
        std::max(worst_imbalance_.value_or(1), static_cast<double>(*std::ranges::max_element(rows.received)) *
                                                   static_cast<double>(tokens.size()) / static_cast<double>(sum));
}

double PrefillTraffic::sent_bytes() const
{
  const double moe_layers_over_simulated =
      moe_.empty() ? 0 : 1 + static_cast<double>(layers_left()) / static_cast<double>(moe_.size());
  return static_cast<double>(sent_[0]) + static_cast<double>(sent_[1]) * moe_layers_over_simulated;
}

}  // namespace cm::workloads
