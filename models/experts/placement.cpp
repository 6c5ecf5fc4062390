#include "models/experts/placement.h"

#include "models/experts/eplb.h"
#include "sim/diagnostics/ensure.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <string_view>

namespace cm::models {
namespace {

using Copies = std::vector<std::vector<std::uint32_t>>;  // [routed expert] -> ranks

// Number of copies of each expert: one, and each redundant slot goes to the expert with the most load per copy.
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

// Longest processing time first: the next copy goes to the least loaded rank with a free slot; ties to the lowest rank.
// Contiguous: to the first rank with a free slot.
Copies lay_out(const SlotSpec& spec, PlacementRule rule, const std::vector<double>& loads,
               std::vector<std::uint32_t> free)
{
  Copies copies(spec.routed);
  const std::vector<std::uint32_t> counts = copy_counts(spec, rule, loads);
  std::vector<std::uint32_t> order(spec.routed);
  std::iota(order.begin(), order.end(), 0U);
  if (rule == PlacementRule::Balanced)
    std::ranges::stable_sort(order, [&](auto a, auto b) { return loads[a] / counts[a] > loads[b] / counts[b]; });
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
      copies[expert].push_back(chosen);
    }
  }
  return copies;
}

std::vector<double> rank_loads(const Copies& copies, std::uint32_t ranks, const std::vector<double>& loads)
{
  std::vector<double> rank_load(ranks, 0.0);
  for (std::size_t expert = 0; expert < copies.size(); ++expert)
    for (const std::uint32_t rank : copies[expert])
      rank_load[rank] += loads[expert] / static_cast<double>(copies[expert].size());
  return rank_load;
}

// The greedy plan is not always the better one: of the two, the one whose fullest rank has less.
Copies lay_out_by_eplb(const SlotSpec& spec, PlacementRule rule, const std::vector<double>& loads,
                       const std::vector<std::uint32_t>& free)
{
  const auto highest = [&](const Copies& copies) { return std::ranges::max(rank_loads(copies, spec.ranks, loads)); };
  Copies planned = plan_eplb({loads, free, rule == PlacementRule::EplbByNode ? spec.ranks_per_node : 0});
  Copies in_order = lay_out(spec, PlacementRule::Contiguous, loads, free);
  return highest(in_order) < highest(planned) ? in_order : planned;
}

}  // namespace

std::optional<std::string> slot_problem(const SlotSpec& spec, const std::string& offer, std::uint32_t ranks_per_npu)
{
  if (spec.ranks == 0 || spec.slots() % spec.ranks == 0)
    return std::nullopt;
  // One rank exchanges nothing.
  constexpr std::uint32_t Fewest = 2;
  const std::uint32_t step = std::max(ranks_per_npu, 1U);
  std::uint32_t below = spec.ranks;
  while (below >= Fewest && spec.slots() % below != 0)
    below -= std::min(step, below);
  std::uint32_t above = spec.ranks;
  while (above < spec.slots() && spec.slots() % above != 0)
    above += step;
  std::string nearest = below >= Fewest ? fmt::format("{}", below / step) : "";
  if (above <= spec.slots() && above >= Fewest)
    nearest += fmt::format("{}{}", nearest.empty() ? "" : " or ", above / step);
  const std::string_view what = ranks_per_npu > 0 ? "number of NPUs" : "EP";
  return fmt::format("{} routed + {} redundant + {} shared = {} slots do not divide over {} ranks{}; {}{}", spec.routed,
                     spec.redundant, spec.shared_copies, spec.slots(), spec.ranks,
                     ranks_per_npu > 0 ? fmt::format(" ({} NPUs of {} dies)", spec.ranks / step, step) : "", offer,
                     nearest.empty() ? fmt::format("they divide over no {}", what)
                                     : fmt::format("the nearest {} that they divide over is {}", what, nearest));
}

std::optional<std::string> node_problem(const SlotSpec& spec)
{
  const std::uint32_t nodes = spec.ranks_per_node == 0 ? 0 : spec.ranks / spec.ranks_per_node;
  if (nodes > 0 && spec.ranks % spec.ranks_per_node == 0 && spec.routed % nodes == 0 && spec.shared_copies % nodes == 0)
    return std::nullopt;
  return fmt::format("expected {} ranks, {} routed experts and {} shared copies that divide over nodes of {} ranks; "
                     "eplb places them without regard to nodes",
                     spec.ranks, spec.routed, spec.shared_copies, spec.ranks_per_node);
}

Placement::Placement(const SlotSpec& spec, PlacementRule rule, const std::vector<double>& loads) : spec_(spec)
{
  ensure(spec.ranks > 0 && spec.slots() % spec.ranks == 0, "{} slots do not divide over {} ranks", spec.slots(),
         spec.ranks);
  ensure(loads.size() == spec.routed, "{} loads for {} experts", loads.size(), spec.routed);
  std::vector<std::uint32_t> free(spec.ranks, slots_per_rank());
  place_shared_copies(free);
  const bool is_eplb = rule == PlacementRule::Eplb || rule == PlacementRule::EplbByNode;
  copies_ = is_eplb ? lay_out_by_eplb(spec, rule, loads, free) : lay_out(spec, rule, loads, free);
}

Placement::Placement(SlotSpec spec, const PlacementTable& table, std::uint32_t layer) : spec_(spec)
{
  ensure(table.ranks == spec.ranks && table.experts == spec.routed,
         "a placement of {} experts on {} ranks for {} on {}", table.experts, table.ranks, spec.routed, spec.ranks);
  spec_.redundant = table.redundant(layer);
  ensure(spec_.slots() % spec_.ranks == 0, "{} slots do not divide over {} ranks", spec_.slots(), spec_.ranks);
  std::vector<std::uint32_t> free(spec_.ranks, slots_per_rank());
  place_shared_copies(free);
  for (std::uint32_t expert = 0; expert < table.experts; ++expert)
    copies_.push_back(table.holders(layer, expert));
}

void Placement::place_shared_copies(std::vector<std::uint32_t>& free)
{
  for (std::uint32_t copy = 0; copy < spec_.shared_copies; ++copy) {
    const auto rank = static_cast<std::uint32_t>(static_cast<std::uint64_t>(copy) * spec_.ranks / spec_.shared_copies);
    shared_ranks_.push_back(rank);
    ensure(free[rank] > 0, "more shared copies than slots on rank {}", rank);
    --free[rank];
  }
}

std::uint32_t Placement::shared_for(std::uint32_t rank) const
{
  return shared_ranks_[static_cast<std::size_t>(rank) * shared_ranks_.size() / spec_.ranks];
}

double Placement::hottest(const std::vector<double>& loads) const
{
  return std::ranges::max(rank_loads(copies_, spec_.ranks, loads));
}

double Placement::imbalance(const std::vector<double>& loads) const
{
  const std::vector<double> rank_load = rank_loads(copies_, spec_.ranks, loads);
  const auto used = static_cast<double>(std::ranges::count_if(rank_load, [](double load) { return load > 0; }));
  const double sum = std::accumulate(rank_load.begin(), rank_load.end(), 0.0);
  return *std::ranges::max_element(rank_load) / (sum / used);
}

}  // namespace cm::models
