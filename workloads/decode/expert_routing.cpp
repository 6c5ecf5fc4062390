#include "workloads/decode/expert_routing.h"

#include <algorithm>
#include <numeric>

namespace cm::workloads {

ExpertRouting::ExpertRouting(const DecodeSetup& setup, const RankBatches& batches) : setup_(setup), batches_(batches)
{
  const models::ModelSpec& model = setup.model;
  if (!model.has_experts())
    return;
  // The MTP layer is one more.
  layers_ = build_expert_layers(setup.spec.choices,
                                {.slots = setup.spec.slots(model, setup.machine),
                                 .top_k = static_cast<std::uint32_t>(model.top_k),
                                 .profile = model.expert_load,
                                 .first = static_cast<std::uint64_t>(model.dense_layers),
                                 .count = static_cast<std::uint32_t>(model.moe_layers() + 1)},
                                setup.seed);
}

std::uint32_t ExpertRouting::exchanges() const
{
  return static_cast<std::uint32_t>(setup_.model.moe_layers() + setup_.spec.mtp_tokens);
}

std::int64_t ExpertRouting::slots_per_rank(std::int64_t layer) const
{
  return layers_[static_cast<std::size_t>(std::min(layer, setup_.model.layers) - setup_.model.dense_layers)]
      .placement.slots_per_rank();
}

std::vector<std::uint32_t> ExpertRouting::route(std::uint32_t micro, std::uint32_t generation,
                                                ExchangeTraffic& traffic) const
{
  const std::int64_t in_iteration = generation % exchanges();
  const ExpertLayer& layer = layers_[static_cast<std::size_t>(std::min(in_iteration, setup_.model.moe_layers()))];
  sim::RandomStream random(setup_.seed, "gate", std::uint64_t{micro} << 32U | generation);
  const RoutingTask task{layer.gate,
                         layer.placement,
                         setup_.spec.shared_copies > 0 ? SharedMessages::Nearest : SharedMessages::None,
                         static_cast<std::uint32_t>(setup_.model.top_k),
                         trace_walk(micro, generation),
                         models::expert_lanes(setup_.machine)};
  route_tokens(task, batches_.tokens(micro), random, traffic);
  return batches_.tokens(micro);
}

// Every request of the batch reads on in its own part of the trace: one row for each query token, and as many further
// on in the next iteration. The passes of an iteration take the same rows, each in its layer.
models::TraceWalk ExpertRouting::trace_walk(std::uint32_t micro, std::uint32_t generation) const
{
  const auto together = static_cast<std::uint64_t>(1 + setup_.spec.mtp_tokens);
  const std::vector<std::uint32_t>& each = batches_.tokens(micro);
  const std::uint64_t requests = std::accumulate(each.begin(), each.end(), std::uint64_t{0}) / together;
  // Requests of the second microbatch start half way between those of the first.
  const std::uint64_t offset = requests == 0 ? 0 : layers_.front().gate.trace_tokens() / requests * micro / 2;
  return {offset + generation / exchanges() * together, together, requests};
}

}  // namespace cm::workloads
