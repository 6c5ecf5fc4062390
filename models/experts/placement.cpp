#include "models/experts/placement.h"

#include "sim/diagnostics/ensure.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace cm::models {
namespace {

// How many copies each expert gets: one, and each redundant slot goes to the expert with the most load per copy.
std::vector<std::uint32_t> copy_counts(const SlotSpec& spec, PlacementRule rule, const std::vector<double>& loads)
{
  std::vector<std::uint32_t> counts(spec.routed, 1);
  for (std::uint32_t i = 0; i < spec.redundant; ++i) {
    std::uint32_t chosen = i % spec.routed;
    if (rule == PlacementRule::Balanced) {
      for (std::uint32_t e = 0; e < spec.routed; ++e)
        if (loads[e] / counts[e] > loads[chosen] / counts[chosen])
          chosen = e;
    }
    ++counts[chosen];
  }
  return counts;
}

}  // namespace

std::optional<std::string> slot_problem(const SlotSpec& spec)
{
  if (spec.ranks == 0 || spec.slots() % spec.ranks == 0)
    return std::nullopt;
  std::uint32_t below = spec.ranks;
  while (below > 1 && spec.slots() % below != 0)
    --below;
  std::uint32_t above = spec.ranks;
  while (above < spec.slots() && spec.slots() % above != 0)
    ++above;
  const std::string nearest = above > spec.slots() || below == above         ? fmt::format("{}", below)
                              : above >= spec.ranks && spec.slots() >= above ? fmt::format("{} or {}", below, above)
                                                                             : fmt::format("{}", below);
  return fmt::format("{} routed + {} redundant + {} shared = {} slots do not divide over {} ranks; the nearest EP that "
                     "they divide over is {}",
                     spec.routed, spec.redundant, spec.shared_copies, spec.slots(), spec.ranks, nearest);
}

Placement::Placement(const SlotSpec& spec, PlacementRule rule, const std::vector<double>& loads)
    : spec_(spec), copies_(spec.routed)
{
  ensure(spec.ranks > 0 && spec.slots() % spec.ranks == 0, "{} slots do not divide over {} ranks", spec.slots(),
         spec.ranks);
  ensure(loads.size() == spec.routed, "{} loads for {} experts", loads.size(), spec.routed);
  std::vector<std::uint32_t> free(spec.ranks, slots_per_rank());
  for (std::uint32_t copy = 0; copy < spec.shared_copies; ++copy) {
    const auto rank = static_cast<std::uint32_t>(static_cast<std::uint64_t>(copy) * spec.ranks / spec.shared_copies);
    shared_ranks_.push_back(rank);
    ensure(free[rank] > 0, "more shared copies than slots on rank {}", rank);
    --free[rank];
  }
  const std::vector<std::uint32_t> counts = copy_counts(spec, rule, loads);
  std::vector<std::uint32_t> order(spec.routed);
  std::iota(order.begin(), order.end(), 0U);
  if (rule == PlacementRule::Balanced)
    std::ranges::stable_sort(order, [&](auto a, auto b) { return loads[a] / counts[a] > loads[b] / counts[b]; });

  // Longest processing time first: the next copy goes to the least loaded rank with a free slot; ties to the lowest
  // rank.
  std::vector<double> rank_load(spec.ranks, 0.0);
  std::uint32_t in_turn = 0;
  for (const std::uint32_t expert : order) {
    for (std::uint32_t copy = 0; copy < counts[expert]; ++copy) {
      std::uint32_t chosen = spec.ranks;
      if (rule == PlacementRule::Contiguous) {
        while (free[in_turn] == 0)
          ++in_turn;
        chosen = in_turn;
      } else {
        for (std::uint32_t rank = 0; rank < spec.ranks; ++rank)
          if (free[rank] > 0 && (chosen == spec.ranks || rank_load[rank] < rank_load[chosen]))
            chosen = rank;
      }
      --free[chosen];
      rank_load[chosen] += loads[expert] / counts[expert];
      copies_[expert].push_back(chosen);
    }
  }
}

std::uint32_t Placement::shared_for(std::uint32_t rank) const
{
  return shared_ranks_[static_cast<std::size_t>(rank) * shared_ranks_.size() / spec_.ranks];
}

double Placement::imbalance(const std::vector<double>& loads) const
{
  std::vector<double> rank_load(spec_.ranks, 0.0);
  for (std::size_t expert = 0; expert < copies_.size(); ++expert)
    for (const std::uint32_t rank : copies_[expert])
      rank_load[rank] += loads[expert] / static_cast<double>(copies_[expert].size());
  const auto used = static_cast<double>(std::ranges::count_if(rank_load, [](double load) { return load > 0; }));
  const double sum = std::accumulate(rank_load.begin(), rank_load.end(), 0.0);
  return *std::ranges::max_element(rank_load) / (sum / used);
}

}  // namespace cm::models
