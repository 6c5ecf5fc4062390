#include "models/experts/gate.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace cm::models {
namespace {

// Drawing again is quick while few experts are taken; with hot experts and a large top-k it need not end.
constexpr std::uint32_t MostRejections = 64;

void normalise(std::vector<double>& loads)
{
  const double mean = std::accumulate(loads.begin(), loads.end(), 0.0) / static_cast<double>(loads.size());
  for (double& load : loads)
    load /= mean;
}

// Straight lines between the logarithms of the profile's points.
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

// Gives the loads, hottest first, to the experts in a random order. With groups an expert's place in it is that of a
// normal number, part of which is its group's.
void deal(const LoadProfile& profile, sim::RandomStream& random, std::vector<double>& loads)
{
  if (profile.groups == 1 || profile.group_share == 0) {
    for (std::size_t i = loads.size(); i-- > 1;)
      std::swap(loads[i], loads[random.below(static_cast<std::uint32_t>(i + 1))]);
    return;
  }
  std::vector<double> heat(loads.size());
  const std::size_t size = loads.size() / profile.groups;
  double group = 0;
  for (std::size_t i = 0; i < loads.size(); ++i) {
    if (i % size == 0)
      group = random.normal();
    heat[i] = std::sqrt(profile.group_share) * group + std::sqrt(1 - profile.group_share) * random.normal();
  }
  std::vector<std::size_t> order(loads.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return heat[a] > heat[b]; });
  const std::vector<double> sorted = loads;
  for (std::size_t i = 0; i < order.size(); ++i)
    loads[order[i]] = sorted[i];
}

std::vector<double> relative_loads(const GateSpec& spec, std::uint64_t layer, std::uint32_t recorded_layer)
{
  std::vector<double> loads(spec.experts, 1.0);
  sim::RandomStream random(spec.seed, "expert loads", layer);
  if (spec.routing == Routing::Skewed) {
    for (double& load : loads)
      load = std::exp(spec.sigma * random.normal());
  } else if (spec.routing == Routing::Measured) {
    ensure(!spec.profile.empty(), "a measured gate without a profile of loads");
    for (std::size_t i = 0; i < loads.size(); ++i)
      loads[i] = profile_at(spec.profile.points,
                            static_cast<double>(i) / static_cast<double>(std::max<std::size_t>(1, loads.size() - 1)));
    deal(spec.profile, random, loads);
  } else if (spec.routing == Routing::Replayed) {
    ensure(spec.counts && spec.counts->experts == spec.experts, "replayed routing without counts of its experts");
    std::ranges::copy(spec.counts->layer(recorded_layer), loads.begin());
  } else if (spec.routing == Routing::Trace) {
    ensure(spec.trace && spec.trace->experts == spec.experts && spec.trace->top_k == spec.top_k,
           "routing by a trace without one of its experts");
    loads = count_experts(*spec.trace, recorded_layer);
  }
  normalise(loads);
  return loads;
}

std::vector<double> before_drift(const GateSpec& spec, std::uint64_t layer, std::vector<double> loads)
{
  if (spec.profile.drift == 0 || (spec.routing != Routing::Measured && spec.routing != Routing::Skewed))
    return loads;
  sim::RandomStream random(spec.seed, "drift of expert loads", layer);
  for (double& load : loads)
    load *= std::exp(spec.profile.drift * random.normal());
  normalise(loads);
  return loads;
}

}  // namespace

void read_skew(sim::config::Reader& workload, bool is_skewed, double& sigma)
{
  sigma = 1.0;
  workload.optional({"skew", "sigma of the log-normal expert loads of a skewed gate", 0.0, 5.0}, sigma);
  if (workload.has("skew") && !is_skewed)
    workload.complain("skew", "only a skewed gate has it: expected routing: skewed beside it");
}

Gate::Gate(const GateSpec& spec, std::uint64_t layer, std::uint32_t recorded_layer)
    : spec_(spec), loads_(relative_loads(spec, layer, recorded_layer)), planned_(before_drift(spec, layer, loads_)),
      recorded_layer_(recorded_layer)
{
  ensure(spec.top_k > 0 && spec.top_k <= spec.experts, "top {} of {} experts", spec.top_k, spec.experts);
  if (spec.routing == Routing::Replayed)
    build_shares(layer);
  else
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

void Gate::choose(const TokenPlace& place, sim::RandomStream& random, std::span<std::uint32_t> chosen) const
{
  if (spec_.routing == Routing::Balanced) {
    // Each rank starts its round elsewhere: all ranks in the same order would hit one expert at a time.
    const std::uint64_t start = static_cast<std::uint64_t>(place.rank) * spec_.experts / place.ranks;
    for (std::uint32_t k = 0; k < spec_.top_k; ++k)
      chosen[k] = static_cast<std::uint32_t>((start + static_cast<std::uint64_t>(place.token) * spec_.top_k + k) %
                                             spec_.experts);
  } else if (spec_.routing == Routing::Trace) {
    std::ranges::copy(spec_.trace->row(place.trace_row, recorded_layer_), chosen.begin());
  } else if (spec_.routing == Routing::Replayed) {
    draw_replayed(random, chosen);
  } else {
    draw_distinct(random, chosen);
  }
}

void Gate::draw_distinct(sim::RandomStream& random, std::span<std::uint32_t> chosen) const
{
  std::uint32_t found = 0;
  for (std::uint32_t rejected = 0; found < spec_.top_k && rejected < MostRejections;) {
    const std::uint32_t expert = draw(random);
    if (std::find(chosen.begin(), chosen.begin() + found, expert) == chosen.begin() + found)
      chosen[found++] = expert;
    else
      ++rejected;
  }
  if (found < spec_.top_k)
    choose_rest(random, chosen, found);
}

// Exact draws without replacement: of exponential times with the experts' weights as rates, the shortest win.
void Gate::choose_rest(sim::RandomStream& random, std::span<std::uint32_t> chosen, std::uint32_t found) const
{
  std::vector<std::pair<double, std::uint32_t>> times;
  for (std::uint32_t expert = 0; expert < spec_.experts; ++expert)
    if (std::find(chosen.begin(), chosen.begin() + found, expert) == chosen.begin() + found)
      times.emplace_back(-std::log(1.0 - random.uniform()) / loads_[expert], expert);
  const std::uint32_t missing = spec_.top_k - found;
  std::ranges::partial_sort(times, times.begin() + missing);
  for (std::uint32_t k = 0; k < missing; ++k)
    chosen[found + k] = times[k].second;
}

// Systematic sampling: the experts lie on a line, each as long as top_k times its count; a comb with a tooth every sum
// of the counts is laid on it at random. No expert is longer than the distance of two teeth, so the choices are
// distinct, and each is met with exactly its share. Which experts a token chooses together is not that of the
// recording.
void Gate::build_shares(std::uint64_t layer)
{
  const auto counts = spec_.counts->layer(recorded_layer_);
  sim::RandomStream random(spec_.seed, "expert order", layer);
  std::vector<std::uint32_t> order(counts.size());
  std::iota(order.begin(), order.end(), 0U);
  for (std::size_t i = order.size(); i-- > 1;)
    std::swap(order[i], order[random.below(static_cast<std::uint32_t>(i + 1))]);
  std::uint64_t end = 0;
  for (const std::uint32_t expert : order)
    shares_.emplace_back(end += counts[expert] * spec_.top_k, expert);
}

void Gate::draw_replayed(sim::RandomStream& random, std::span<std::uint32_t> chosen) const
{
  const std::uint64_t distance = shares_.back().first / spec_.top_k;
  __extension__ using Wide = unsigned __int128;
  auto tooth = static_cast<std::uint64_t>((static_cast<Wide>(random.bits()) * distance) >> 64U);
  for (std::uint32_t& expert : chosen) {
    expert = std::ranges::upper_bound(shares_, tooth, {}, [](const auto& share) { return share.first; })->second;
    tooth += distance;
  }
}

}  // namespace cm::models
