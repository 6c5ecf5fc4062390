#include "workloads/prefill/prefill_run.h"

#include <algorithm>

namespace cm::workloads {
namespace {

constexpr BreakdownUnit Milliseconds{.per_picosecond = 1e-9, .seconds = 1e-3};

WalkSetup walk_setup(const PrefillSetup& setup, std::int64_t layers)
{
  return {.ranks = setup.deployment.ranks,
          .microbatches = static_cast<std::uint32_t>(setup.microbatches.size()),
          .passes = {{0, layers, {static_cast<std::uint8_t>(PrefillOperator::Head)}}},
          .unit = Milliseconds,
          .jitter = setup.machine.die.compute.jitter,
          .seed = setup.seed,
          .jitter_name = "prefill operator jitter",
          .doing = "prefilling"};
}

}  // namespace

PrefillRun::PrefillRun(const PrefillSetup& setup, LiveMachine& live, sim::streams::Signal finished,
                       sim::metrics::Progress& progress)
    : setup_(setup), costs_(setup.deployment, setup.model, setup.machine.die, setup.microbatches),
      traffic_(setup.deployment, setup.model, setup.machine, costs_, setup.seed),
      walk_(walk_setup(setup, traffic_.layers()), *this, live.plane(), finished, progress)
{
  for (std::uint32_t micro = 0; micro < setup.microbatches.size(); ++micro) {
    auto& exchanges = exchanges_.emplace_back();
    for (std::uint8_t which = 0; which < PrefillExchanges; ++which)
      exchanges[which] = std::make_unique<BulkExchange>(
          setup.deployment.ranks, walk_.place_of(which, micro, setup.machine, live.engines()),
          [this, micro, which](std::uint32_t generation) {
            return traffic_.bytes(micro, static_cast<PrefillExchange>(which), generation);
          });
  }
}

std::span<const LayerStep> PrefillRun::program(std::int64_t layer) const
{
  return layer < setup_.model.dense_layers ? dense_layer() : moe_layer(setup_.microbatches.size());
}

bool PrefillRun::counts(std::int64_t layer) const
{
  const std::int64_t layers = traffic_.layers();
  const std::int64_t first = setup_.model.dense_layers < layers ? setup_.model.dense_layers : 0;
  return layer > first || (layer == first && layers == first + 1);
}

OperatorCost PrefillRun::cost(std::uint8_t op, const WalkPlace& place) const
{
  const auto which = static_cast<PrefillOperator>(op);
  switch (which) {
  case PrefillOperator::Head: return costs_.head(place.rank, setup_.prompts);
  case PrefillOperator::SharedExpert:
    return setup_.machine.free.experts ? OperatorCost{} : costs_.fixed(place.micro, place.rank, which);
  case PrefillOperator::RoutedExperts:
  case PrefillOperator::Experts:
    if (setup_.machine.free.experts)
      return {};
    [[fallthrough]];
  case PrefillOperator::Sort:
  case PrefillOperator::SortFirst:
  case PrefillOperator::SortRest:
  case PrefillOperator::PackForCombine:
    return costs_.of_rows(place.micro, place.rank, which, traffic_.received(place.micro, place.layer, place.rank));
  case PrefillOperator::KeysValuesDown:
  case PrefillOperator::QueriesDown:
  case PrefillOperator::KeysValuesUp:
  case PrefillOperator::QueriesUp:
  case PrefillOperator::Attend:
  case PrefillOperator::Output:
  case PrefillOperator::Gate:
  case PrefillOperator::PackForDispatch:
  case PrefillOperator::Accumulate:
  case PrefillOperator::DenseFfn: break;
  }
  return costs_.fixed(place.micro, place.rank, which);
}

Seconds PrefillRun::turn() const
{
  return setup_.machine.die.host.turn;
}

Exchange& PrefillRun::exchange(std::uint8_t exchange, std::uint32_t micro)
{
  return *exchanges_[micro].at(exchange);
}

void PrefillRun::end_iteration(std::uint32_t /*rank*/, std::uint32_t /*iteration*/, Picoseconds took)
{
  simulated_ = std::max(simulated_, took);
}

double PrefillRun::layer_ms() const
{
  double sum = 0;
  for (std::size_t stage = 0; stage < PrefillStages; ++stage)
    sum += breakdown().time(stage);
  return sum;
}

}  // namespace cm::workloads
