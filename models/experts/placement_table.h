// A placement that was planned elsewhere: which rank holds which routed expert, layer by layer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cm::models {

struct PlacementTable {
  std::uint32_t ranks = 0;
  std::uint32_t layers = 0;
  std::uint32_t experts = 0;
  // [layer * experts + expert]: the ranks that hold it, ascending, at least one. In one layer every rank holds equally
  // many; layers may differ in how many.
  std::vector<std::vector<std::uint32_t>> ranks_of;

  [[nodiscard]] const std::vector<std::uint32_t>& holders(std::uint32_t layer, std::uint32_t expert) const
  {
    return ranks_of[static_cast<std::size_t>(layer) * experts + expert];
  }

  // Copies beyond the first, of all experts of a layer.
  [[nodiscard]] std::uint32_t redundant(std::uint32_t layer) const
  {
    std::size_t copies = 0;
    for (std::uint32_t expert = 0; expert < experts; ++expert)
      copies += holders(layer, expert).size();
    return static_cast<std::uint32_t>(copies - experts);
  }
};

}  // namespace cm::models
