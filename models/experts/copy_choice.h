// Number of copies of its experts that a deployment gets when nobody says: the rule behind `experts: auto`.
//
//   shared      so many that a copy has no more rows than a routed expert under an even load
//   redundant   an eighth of the routed experts, as the published deployments of DeepSeek's models have (32 of 256)
//   slots       of a rank: the fewest that hold both; the eighth is given up when it alone would take more than a third
//               more of them
//   left over   a shared copy for every rank where that leaves the eighth, and redundant copies
#pragma once

#include "models/experts/placement.h"

#include <cstdint>
#include <optional>

namespace cm::models {

struct CopyQuestion {
  std::uint32_t ranks = 0;
  std::uint32_t routed = 0;
  std::uint32_t top_k = 0;
  std::uint32_t shared_experts = 0;  // the model's, if they need slots; a copy holds all of them
  // Given by the user; empty: to be chosen.
  std::optional<std::uint32_t> redundant = std::nullopt;
  std::optional<std::uint32_t> shared_copies = std::nullopt;
};

struct CopyNumbers {
  std::uint32_t redundant = 0;
  std::uint32_t shared = 0;

  friend bool operator==(const CopyNumbers&, const CopyNumbers&) = default;
};

// Slots that divide over the ranks, unless both numbers are given. With redundant copies given there is one number of
// shared copies from 1 to the ranks. Nothing for no ranks or no experts.
CopyNumbers choose_copies(const CopyQuestion& question);

// The number of redundant copies nearest to the spec's with which the slots divide over the ranks. Requires ranks.
std::uint32_t nearest_redundant(const SlotSpec& spec);

}  // namespace cm::models
