// Which rank holds which expert. Every rank has the same number of slots; a slot holds one copy of an expert in every
// MoE layer. Copies of the shared expert are spread over the ranks, and each serves the ranks nearest to it in rank
// order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cm::models {

enum class PlacementRule {
  Contiguous,  // experts in order of number; redundant copies of the first ones
  Balanced,    // redundant copies by greatest load per copy, copies packed onto ranks by longest processing time
};

struct SlotSpec {
  std::uint32_t ranks = 0;
  std::uint32_t routed = 0;
  std::uint32_t redundant = 0;
  std::uint32_t shared_copies = 0;  // 0: no shared expert to send to

  [[nodiscard]] std::uint32_t slots() const { return routed + redundant + shared_copies; }
};

// Empty when the slots divide over the ranks; else what is wrong and which numbers of ranks near it would be right.
std::optional<std::string> slot_problem(const SlotSpec& spec);

class Placement {
 public:
  // Requires slots that divide over the ranks. `loads`: relative load of each routed expert.
  Placement(const SlotSpec& spec, PlacementRule rule, const std::vector<double>& loads);

  // The ranks that hold copies of a routed expert, at least one.
  [[nodiscard]] const std::vector<std::uint32_t>& copies(std::uint32_t expert) const { return copies_[expert]; }
  // The rank whose copy of the shared expert serves `rank`. Requires shared copies.
  [[nodiscard]] std::uint32_t shared_for(std::uint32_t rank) const;
  [[nodiscard]] std::uint32_t slots_per_rank() const { return spec_.slots() / spec_.ranks; }
  // Highest expected load of a rank's routed slots over the mean of all ranks that have any.
  [[nodiscard]] double imbalance(const std::vector<double>& loads) const;

 private:
  SlotSpec spec_;
  std::vector<std::vector<std::uint32_t>> copies_;  // [routed expert] -> ranks
  std::vector<std::uint32_t> shared_ranks_;         // [shared copy]
};

}  // namespace cm::models
