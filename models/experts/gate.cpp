#include "models/experts/gate.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace cm::models {
namespace {

void normalise(std::vector<double>& loads)
{
  const double mean = std::accumulate(loads.begin(), loads.end(), 0.0) / static_cast<double>(loads.size());
  for (double& load : loads)
    load /= mean;
}

// Straight lines through the logarithms of the profile's points.
double profile_at(const std::vector<std::pair<double, double>>& profile, double rank)
{
  if (rank <= profile.front().first)
    return profile.front().second;
  for (std::size_t i = 1; i < profile.size(); ++i) {
    const auto& [right, right_load] = profile[i];
    const auto& [left, left_load] = profile[i - 1];
    if (rank <= right)
      return left_load * std::pow(right_load / left_load, (rank - left) / (right - left));
  }
  return profile.back().second;
}

std::vector<double> relative_loads(const GateSpec& spec, std::uint64_t layer)
{
  std::vector<double> loads(spec.experts, 1.0);
  sim::RandomStream random(spec.seed, "expert loads", layer);
  if (spec.routing == Routing::Skewed) {
    for (double& load : loads)
      load = std::exp(spec.sigma * random.normal());
  } else if (spec.routing == Routing::Measured) {
    ensure(!spec.profile.empty(), "a measured gate without a profile of loads");
    for (std::size_t i = 0; i < loads.size(); ++i)
      loads[i] = profile_at(spec.profile,
                            static_cast<double>(i) / static_cast<double>(std::max<std::size_t>(1, loads.size() - 1)));
    for (std::size_t i = loads.size(); i-- > 1;)
      std::swap(loads[i], loads[random.below(static_cast<std::uint32_t>(i + 1))]);
  }
  normalise(loads);
  return loads;
}

}  // namespace

Gate::Gate(const GateSpec& spec, std::uint64_t layer) : spec_(spec), loads_(relative_loads(spec, layer))
{
  ensure(spec.top_k > 0 && spec.top_k <= spec.experts, "top {} of {} experts", spec.top_k, spec.experts);
  build_alias();
}

void Gate::build_alias()
{
  const std::size_t count = loads_.size();
  threshold_.assign(count, 0xffffffffU);
  alias_.resize(count);
  std::iota(alias_.begin(), alias_.end(), 0U);
  std::vector<double> left = loads_;
  std::vector<std::uint32_t> small;
  std::vector<std::uint32_t> large;
  for (std::uint32_t i = 0; i < count; ++i)
    (left[i] < 1.0 ? small : large).push_back(i);
  while (!small.empty() && !large.empty()) {
    const std::uint32_t low = small.back();
    const std::uint32_t high = large.back();
    small.pop_back();
    threshold_[low] = static_cast<std::uint32_t>(left[low] * 0xffffffffU);
    alias_[low] = high;
    left[high] -= 1.0 - left[low];
    if (left[high] < 1.0) {
      large.pop_back();
      small.push_back(high);
    }
  }
}

std::uint32_t Gate::draw(sim::RandomStream& random) const
{
  const std::uint64_t bits = random.bits();
  const auto entry = static_cast<std::uint32_t>(((bits >> 32U) * spec_.experts) >> 32U);
  return static_cast<std::uint32_t>(bits) <= threshold_[entry] ? entry : alias_[entry];
}

void Gate::choose(std::uint32_t rank, std::uint32_t ranks, std::uint32_t token, sim::RandomStream& random,
                  std::span<std::uint32_t> chosen) const
{
  if (spec_.routing == Routing::Balanced) {
    // Each rank starts its round elsewhere: all ranks in the same order would hit one expert at a time.
    const std::uint64_t start = static_cast<std::uint64_t>(rank) * spec_.experts / ranks;
    for (std::uint32_t k = 0; k < spec_.top_k; ++k)
      chosen[k] =
          static_cast<std::uint32_t>((start + static_cast<std::uint64_t>(token) * spec_.top_k + k) % spec_.experts);
    return;
  }
  for (std::uint32_t k = 0; k < spec_.top_k;) {
    const std::uint32_t expert = draw(random);
    if (std::find(chosen.begin(), chosen.begin() + k, expert) == chosen.begin() + k)
      chosen[k++] = expert;
  }
}

}  // namespace cm::models
