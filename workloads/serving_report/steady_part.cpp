#include "workloads/serving_report/steady_part.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace cm::workloads {
namespace {

constexpr std::size_t Groups = 10;
// Both ends of the line are then more than 5 % away from the mean.
constexpr double RiseAllowed = 0.1;
// Student's t, eight degrees of freedom, two-sided, one in a thousand.
constexpr double LargestByChance = 5.041;
// Share of the first half: a cut beyond it is one at its very end.
constexpr double VeryEnd = 0.9;
constexpr std::size_t Tenth = 10;

}  // namespace

void BatchMeans::add(std::uint64_t number, double value)
{
  if (in_sum_ == 0)
    numbers_.push_back(number);
  sum_ += value;
  if (++in_sum_ < BatchLength)
    return;
  means_.push_back(sum_ / static_cast<double>(BatchLength));
  sum_ = 0;
  in_sum_ = 0;
}

std::size_t BatchMeans::batch_from(std::uint64_t number) const
{
  const auto first =
      std::lower_bound(numbers_.begin(), numbers_.begin() + static_cast<std::ptrdiff_t>(means_.size()), number);
  return static_cast<std::size_t>(first - numbers_.begin());
}

// From the back, with Welford's update: the sum of squares of equal values is exactly zero.
std::size_t mser_cut(std::span<const double> values, std::size_t most)
{
  ensure(most < values.size(), "{} of {} values may be cut", most, values.size());
  std::size_t best = most;
  double least = 0;
  double mean = 0;
  double squares = 0;
  for (std::size_t cut = values.size(); cut-- > 0;) {
    const auto kept = static_cast<double>(values.size() - cut);
    const double off = values[cut] - mean;
    mean += off / kept;
    squares += off * (values[cut] - mean);
    const double error = squares / (kept * kept);
    if (cut == most || (cut < most && error <= least)) {
      best = cut;
      least = error;
    }
  }
  return best;
}

Drift drift_of(std::span<const double> values)
{
  if (values.size() < Groups)
    return {};
  std::array<double, Groups> means{};
  double mean = 0;
  for (std::size_t group = 0; group < Groups; ++group) {
    const std::size_t begin = group * values.size() / Groups;
    const std::size_t end = (group + 1) * values.size() / Groups;
    for (const double value : values.subspan(begin, end - begin))
      means[group] += value / static_cast<double>(end - begin);
    mean += means[group] / static_cast<double>(Groups);
  }
  double positions = 0;
  double slope = 0;
  const auto position = [](std::size_t group) { return static_cast<double>(group) - 0.5 * (Groups - 1); };
  for (std::size_t group = 0; group < Groups; ++group) {
    positions += position(group) * position(group);
    slope += position(group) * (means[group] - mean);
  }
  slope /= positions;
  double residuals = 0;
  for (std::size_t group = 0; group < Groups; ++group)
    residuals += std::pow(means[group] - mean - slope * position(group), 2);
  if (mean == 0)
    return {};
  const double rise = slope * Groups / std::abs(mean);
  const double error = std::sqrt(residuals / (Groups - 2) / positions);
  return {.rise = rise, .is_significant = std::abs(rise) > RiseAllowed && std::abs(slope) > LargestByChance * error};
}

SteadyPart steady_part_of(std::span<const double> values, std::size_t earliest)
{
  ensure(values.size() >= FewestMeans, "{} values: expected at least {}", values.size(), FewestMeans);
  const std::size_t half = values.size() / 2;
  const std::size_t settled = mser_cut(values, half);
  const std::size_t begin = std::min(values.size(), std::max(settled, earliest));
  const bool is_late = static_cast<double>(settled) > VeryEnd * static_cast<double>(half);
  return {.begin = begin, .drift = drift_of(values.subspan(is_late ? values.size() / Tenth : begin))};
}

}  // namespace cm::workloads
