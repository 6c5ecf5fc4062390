// Placement of experts on ranks. Every rank has the same number of slots; a slot holds one copy of an expert in every
// MoE layer. Copies of the shared expert are spread over the ranks, and each serves the ranks nearest to it in rank
// order.
#pragma once

#include "models/experts/placement_table.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cm::models {

enum class PlacementRule {
  Contiguous,  // experts in order of number; redundant copies of the first ones
  Balanced,    // redundant copies by greatest load per copy, copies packed onto ranks by longest processing time
  Eplb,        // the same, then improved, and never worse than contiguous: models/experts/eplb.h
  EplbByNode,  // the same with experts divided over nodes first
};

struct SlotSpec {
  std::uint32_t ranks = 0;
  std::uint32_t routed = 0;
  std::uint32_t redundant = 0;
  std::uint32_t shared_copies = 0;   // 0: no shared expert to send to
  std::uint32_t ranks_per_node = 0;  // for EplbByNode

  [[nodiscard]] std::uint32_t slots() const { return routed + redundant + shared_copies; }
};

// Empty when the slots divide over the ranks; else what is wrong, `offer`, and which numbers of ranks near it would be
// right: as an EP, or, where the scenario gives a number of NPUs of `ranks_per_npu`, as NPUs.
std::optional<std::string> slot_problem(const SlotSpec& spec, const std::string& offer = "",
                                        std::uint32_t ranks_per_npu = 0);

// Empty when routed experts and shared copies divide over the nodes as EplbByNode needs it; else what is wrong.
std::optional<std::string> node_problem(const SlotSpec& spec);

class Placement {
 public:
  // Requires slots that divide over the ranks, and no node_problem() by node. `loads`: relative load of each routed
  // expert.
  Placement(const SlotSpec& spec, PlacementRule rule, const std::vector<double>& loads);

  // One layer of a table. `spec` as above, but for `redundant`, which is the layer's own. Requires the table's ranks
  // and experts, and shared copies that divide over the ranks.
  Placement(SlotSpec spec, const PlacementTable& table, std::uint32_t layer);

  // The ranks that hold copies of a routed expert, at least one.
  [[nodiscard]] const std::vector<std::uint32_t>& copies(std::uint32_t expert) const { return copies_[expert]; }
  // The rank whose copy of the shared expert serves `rank`. Requires shared copies.
  [[nodiscard]] std::uint32_t shared_for(std::uint32_t rank) const;
  [[nodiscard]] std::uint32_t slots_per_rank() const { return spec_.slots() / spec_.ranks; }
  // Highest expected load of a rank's routed slots, in the unit of `loads`.
  [[nodiscard]] double hottest(const std::vector<double>& loads) const;
  // The same over the mean of all ranks that have any.
  [[nodiscard]] double imbalance(const std::vector<double>& loads) const;

 private:
  // Gives each shared copy its rank and takes the slot from `free`.
  void place_shared_copies(std::vector<std::uint32_t>& free);

  SlotSpec spec_;
  std::vector<std::vector<std::uint32_t>> copies_;  // [routed expert] -> ranks
  std::vector<std::uint32_t> shared_ranks_;         // [shared copy]
};

}  // namespace cm::models
