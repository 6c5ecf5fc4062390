#include "models/experts/eplb.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>
#include <numeric>

namespace cm::models {
namespace {

using Plan = std::vector<std::vector<std::uint32_t>>;

// Something to be put somewhere: a copy of an expert onto a rank, or an expert onto a node.
struct Item {
  std::uint32_t expert = 0;
  double load = 0;
};

// Bins (ranks or nodes) with room for so many items each.
class Packing {
 public:
  explicit Packing(const std::vector<std::uint32_t>& room) : room_(room), items_(room.size()), loads_(room.size()) {}

  void place(const Item& item)
  {
    std::size_t chosen = items_.size();
    bool chosen_is_twin = true;
    for (std::size_t bin = 0; bin < items_.size(); ++bin) {
      if (items_[bin].size() == room_[bin])
        continue;
      const bool is_twin = holds(bin, item.expert);
      if (chosen == items_.size() || (chosen_is_twin && !is_twin) ||
          (chosen_is_twin == is_twin && loads_[bin] < loads_[chosen])) {
        chosen = bin;
        chosen_is_twin = is_twin;
      }
    }
    ensure(chosen < items_.size(), "no room for a copy of expert {}", item.expert);
    items_[chosen].push_back(item);
    loads_[chosen] += item.load;
  }

  // The best exchange of one item of the fullest bin; false when none makes the fuller one of the two emptier.
  bool improve()
  {
    const auto fullest = static_cast<std::size_t>(std::ranges::max_element(loads_) - loads_.begin());
    // Differences below rounding are none.
    double best = loads_[fullest] * (1 - 1e-9);
    Item* given = nullptr;
    Item* taken = nullptr;
    std::size_t partner = 0;
    for (std::size_t bin = 0; bin < items_.size(); ++bin)
      for (Item& a : items_[fullest])
        for (Item& b : items_[bin]) {
          const double larger = std::max(loads_[fullest] - a.load + b.load, loads_[bin] + a.load - b.load);
          if (bin == fullest || larger >= best || holds(bin, a.expert) || holds(fullest, b.expert))
            continue;
          best = larger;
          given = &a;
          taken = &b;
          partner = bin;
        }
    if (given == nullptr)
      return false;
    loads_[fullest] += taken->load - given->load;
    loads_[partner] += given->load - taken->load;
    std::swap(*given, *taken);
    return true;
  }

  [[nodiscard]] const std::vector<std::vector<Item>>& items() const { return items_; }

 private:
  [[nodiscard]] bool holds(std::size_t bin, std::uint32_t expert) const
  {
    return std::ranges::any_of(items_[bin], [&](const Item& item) { return item.expert == expert; });
  }

  std::vector<std::uint32_t> room_;
  std::vector<std::vector<Item>> items_;
  std::vector<double> loads_;
};

Packing pack(std::vector<Item> items, const std::vector<std::uint32_t>& room)
{
  std::ranges::stable_sort(items, [](const Item& a, const Item& b) { return a.load > b.load; });
  Packing packing(room);
  for (const Item& item : items)
    packing.place(item);
  // Each exchange lowers the fullest bin; the limit is for loads that differ by little more than rounding.
  for (std::size_t exchanges = 0; exchanges < 4 * items.size() && packing.improve(); ++exchanges) {
  }
  return packing;
}

// As many copies as there are slots; an expert gets more copies than there are ranks only when all have that many.
std::vector<Item> replicate(const std::vector<Item>& experts, std::uint32_t slots, std::size_t ranks)
{
  ensure(slots >= experts.size(), "{} experts in {} slots", experts.size(), slots);
  std::vector<std::uint32_t> counts(experts.size(), 1);
  const auto comes_before = [&](std::size_t a, std::size_t b) {
    const bool a_is_full = counts[a] >= ranks;
    const bool b_is_full = counts[b] >= ranks;
    return a_is_full == b_is_full ? experts[a].load / counts[a] > experts[b].load / counts[b] : b_is_full;
  };
  for (std::size_t redundant = slots - experts.size(); redundant > 0; --redundant) {
    std::size_t chosen = 0;
    for (std::size_t expert = 1; expert < experts.size(); ++expert)
      if (comes_before(expert, chosen))
        chosen = expert;
    ++counts[chosen];
  }
  std::vector<Item> copies;
  for (std::size_t expert = 0; expert < experts.size(); ++expert)
    copies.insert(copies.end(), counts[expert], {experts[expert].expert, experts[expert].load / counts[expert]});
  return copies;
}

void plan_ranks(const std::vector<Item>& experts, const std::vector<std::uint32_t>& slots, std::uint32_t first_rank,
                Plan& plan)
{
  const std::uint32_t sum = std::accumulate(slots.begin(), slots.end(), 0U);
  const Packing packing = pack(replicate(experts, sum, slots.size()), slots);
  for (std::uint32_t rank = 0; rank < slots.size(); ++rank)
    for (const Item& copy : packing.items()[rank])
      plan[copy.expert].push_back(first_rank + rank);
}

std::vector<std::uint32_t> slots_of_node(const EplbTask& task, std::size_t node)
{
  const auto first = task.slots.begin() + static_cast<std::ptrdiff_t>(node * task.ranks_per_node);
  return {first, first + task.ranks_per_node};
}

}  // namespace

bool divides_by_node(const EplbTask& task)
{
  if (task.ranks_per_node == 0 || task.slots.size() % task.ranks_per_node != 0)
    return false;
  const std::size_t nodes = task.slots.size() / task.ranks_per_node;
  const auto sum = [&](std::size_t node) {
    const auto slots = slots_of_node(task, node);
    return std::accumulate(slots.begin(), slots.end(), 0U);
  };
  for (std::size_t node = 1; node < nodes; ++node)
    if (sum(node) != sum(0))
      return false;
  return task.loads.size() % nodes == 0;
}

std::vector<std::vector<std::uint32_t>> plan_eplb(const EplbTask& task)
{
  std::vector<Item> experts;
  for (std::uint32_t expert = 0; expert < task.loads.size(); ++expert)
    experts.push_back({expert, task.loads[expert]});
  Plan plan(task.loads.size());
  if (task.ranks_per_node == 0) {
    plan_ranks(experts, task.slots, 0, plan);
    return plan;
  }
  ensure(divides_by_node(task), "{} experts and {} ranks do not divide over nodes of {} ranks", task.loads.size(),
         task.slots.size(), task.ranks_per_node);
  const std::size_t nodes = task.slots.size() / task.ranks_per_node;
  const Packing packing =
      pack(experts, std::vector<std::uint32_t>(nodes, static_cast<std::uint32_t>(experts.size() / nodes)));
  for (std::size_t node = 0; node < nodes; ++node)
    plan_ranks(packing.items()[node], slots_of_node(task, node), static_cast<std::uint32_t>(node) * task.ranks_per_node,
               plan);
  return plan;
}

}  // namespace cm::models
