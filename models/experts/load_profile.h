// How unevenly tokens choose the experts of a model: published counts, summarised.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace cm::models {

struct LoadProfile {
  // Of experts sorted by load, hottest first: (place in that order as a share of the experts, load over the mean),
  // ascending places. Empty when nobody has published one.
  std::vector<std::pair<double, double>> points{};
  // Experts in groups of equal size, in order of number, whose members are hot together.
  std::uint32_t groups = 1;
  // Part of an expert's place in the order that is its group's: correlation of two experts of a group, 0 to 1.
  double group_share = 0;
  // Standard deviation of the logarithm of an expert's load over what a planner has counted.
  double drift = 0;

  [[nodiscard]] bool empty() const { return points.empty(); }
  [[nodiscard]] std::size_t size() const { return points.size(); }
  void clear() { points.clear(); }
  friend bool operator==(const LoadProfile&, const LoadProfile&) = default;
};

}  // namespace cm::models
