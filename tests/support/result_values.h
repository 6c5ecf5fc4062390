// Values of a result by their names, and sums of times in whole picoseconds.
#pragma once

#include "sim/metrics/result.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace cm::tests {

inline double metric_of(const sim::metrics::Result& result, std::string_view name)
{
  const sim::metrics::Metric* const metric = result.find(name);
  if (metric == nullptr)
    throw std::out_of_range("no metric " + std::string(name));
  return metric->value;
}

inline double part_of(const sim::metrics::Result& result, std::string_view name)
{
  const auto part = std::ranges::find(result.breakdown, name, &sim::metrics::Part::name);
  if (part == result.breakdown.end())
    throw std::out_of_range("no part " + std::string(name));
  return part->value;
}

inline const sim::metrics::Histogram& histogram_of(const sim::metrics::Result& result, std::string_view name)
{
  const auto histogram = std::ranges::find(result.histograms, name, &sim::metrics::NamedHistogram::name);
  if (histogram == result.histograms.end())
    throw std::out_of_range("no histogram " + std::string(name));
  return histogram->values;
}

inline double picoseconds_in(std::string_view unit)
{
  return unit == "ms" ? 1e9 : unit == "us" ? 1e6 : throw std::invalid_argument("a time in " + std::string(unit));
}

// Sum of times that are whole picoseconds each.
inline std::int64_t sum_ps(const sim::metrics::Histogram& times)
{
  return std::llround(times.mean().value_or(0) * static_cast<double>(times.count()) * picoseconds_in(times.unit()));
}

inline std::int64_t least_ps(const sim::metrics::Histogram& times)
{
  return std::llround(times.minimum().value_or(0) * picoseconds_in(times.unit()));
}

inline std::int64_t most_ps(const sim::metrics::Histogram& times)
{
  return std::llround(times.maximum().value_or(0) * picoseconds_in(times.unit()));
}

// A part of the breakdown is a mean over `count` times of whole picoseconds.
inline std::int64_t part_sum_ps(const sim::metrics::Result& result, std::string_view name, std::int64_t count)
{
  const auto part = std::ranges::find(result.breakdown, name, &sim::metrics::Part::name);
  if (part == result.breakdown.end())
    throw std::out_of_range("no part " + std::string(name));
  return std::llround(part->value * static_cast<double>(count) * picoseconds_in(part->unit));
}

}  // namespace cm::tests
