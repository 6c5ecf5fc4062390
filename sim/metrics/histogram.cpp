#include "sim/metrics/histogram.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace cm::sim::metrics {
namespace {

constexpr double Smallest = 1e-3;
constexpr double Largest = 1e11;
constexpr double Width = 1.005;  // upper end of a bin over its lower end

std::int64_t bin_of(double value)
{
  const double inside = std::clamp(value, Smallest, Largest);
  return static_cast<std::int64_t>(std::floor(std::log(inside / Smallest) / std::log(Width)));
}

double edge(double bin)
{
  return Smallest * std::pow(Width, bin);
}

}  // namespace

Histogram::Histogram(std::string unit) : unit_(std::move(unit)) {}

void Histogram::record(double value, std::uint64_t times)
{
  ensure(std::isfinite(value), "a histogram in {} was given {}", unit_, value);
  if (times == 0)
    return;
  minimum_ = count_ == 0 ? value : std::min(minimum_, value);
  maximum_ = count_ == 0 ? value : std::max(maximum_, value);
  count_ += times;
  sum_ += value * static_cast<double>(times);
  count_in(bin_of(value), times);
}

void Histogram::merge(const Histogram& other)
{
  ensure(unit_ == other.unit_, "a histogram in {} cannot take one in {}", unit_, other.unit_);
  if (other.count_ == 0)
    return;
  minimum_ = count_ == 0 ? other.minimum_ : std::min(minimum_, other.minimum_);
  maximum_ = count_ == 0 ? other.maximum_ : std::max(maximum_, other.maximum_);
  count_ += other.count_;
  sum_ += other.sum_;
  // A copy, as `other` may be this histogram itself.
  const std::vector<std::uint64_t> bins = other.bins_;
  std::int64_t bin = other.lowest_bin_;
  for (const std::uint64_t times : bins)
    count_in(bin++, times);
}

std::optional<double> Histogram::mean() const
{
  return count_ == 0 ? std::nullopt : std::optional(sum_ / static_cast<double>(count_));
}

std::optional<double> Histogram::minimum() const
{
  return count_ == 0 ? std::nullopt : std::optional(minimum_);
}

std::optional<double> Histogram::maximum() const
{
  return count_ == 0 ? std::nullopt : std::optional(maximum_);
}

std::optional<double> Histogram::quantile(double share) const
{
  ensure(share >= 0 && share <= 1, "a quantile is asked for a share in [0, 1], not {}", share);
  if (count_ == 0)
    return std::nullopt;
  if (share == 0)
    return minimum_;
  if (share == 1)
    return maximum_;
  // The value that stands at this rank when all are sorted.
  const auto rank = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  std::size_t index = 0;
  while (index + 1 < bins_.size() && seen + bins_[index] < rank)
    seen += bins_[index++];
  const double middle = edge(static_cast<double>(lowest_bin_ + static_cast<std::int64_t>(index)) + 0.5);
  return std::clamp(middle, minimum_, maximum_);
}

std::vector<Histogram::Bucket> Histogram::buckets() const
{
  std::vector<Bucket> result;
  for (std::size_t index = 0; index < bins_.size(); ++index) {
    const auto bin = static_cast<double>(lowest_bin_ + static_cast<std::int64_t>(index));
    if (bins_[index] > 0)
      result.push_back({edge(bin), edge(bin + 1), bins_[index]});
  }
  return result;
}

void Histogram::count_in(std::int64_t bin, std::uint64_t times)
{
  if (bins_.empty())
    lowest_bin_ = bin;
  if (bin < lowest_bin_) {
    bins_.insert(bins_.begin(), static_cast<std::size_t>(lowest_bin_ - bin), 0);
    lowest_bin_ = bin;
  }
  const auto index = static_cast<std::size_t>(bin - lowest_bin_);
  if (index >= bins_.size())
    bins_.resize(index + 1);
  bins_[index] += times;
}

}  // namespace cm::sim::metrics
