#include "workloads/serving_report/latency_windows.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace cm::workloads {
namespace {

using sim::metrics::Series;

constexpr std::int64_t MostWindows = 50;
constexpr std::array<std::size_t, 3> Percentiles{50, 90, 99};

struct Quantity {
  std::string_view name;
  Seconds objective;
  LatencyOf latency;
};

struct Bounds {
  Picoseconds begin;
  Picoseconds end;
  std::size_t behind = 0;  // number of the first request behind it
};

// Divided, so that 600 ms are the double next to 0.6.
double in_seconds(Picoseconds time)
{
  return static_cast<double>(time.count()) / 1e12;
}

std::vector<Bounds> bounds_of(std::span<const RequestRecord> records, Picoseconds step, const LatencyOf& latency)
{
  const auto step_of = [&](std::size_t number) { return records[number].when(Milestone::Arrived) / step.count(); };
  std::vector<Bounds> all;
  Picoseconds begin;
  std::uint64_t count = 0;
  for (std::size_t number = 0; number < records.size(); ++number) {
    if (latency(records[number]))
      ++count;
    const bool is_last = number + 1 == records.size();
    const Picoseconds end((step_of(number) + 1) * step.count());
    if (is_last && count < FewestInWindow && !all.empty()) {
      all.back().behind = records.size();
      all.back().end = end;
    } else if ((is_last || step_of(number + 1) > step_of(number)) && count >= FewestInWindow) {
      all.push_back({begin, end, number + 1});
      begin = end;
      count = 0;
    }
  }
  return all;
}

// The smallest value that at least so many percent of all do not exceed.
double nearest_rank(std::vector<double>& values, std::size_t percent)
{
  const std::size_t rank = (values.size() * percent + 99) / 100;
  const auto found = values.begin() + static_cast<std::ptrdiff_t>(rank - 1);
  std::ranges::nth_element(values, found);
  return *found;
}

// A series with a value of each window, at its end.
template <typename ValueOf>
Series series_of(std::string_view unit, const std::vector<LatencyWindow>& windows, const ValueOf& value_of)
{
  Series series{std::string(unit), {}, {}};
  for (const LatencyWindow& window : windows) {
    series.time_s.push_back(in_seconds(window.end));
    series.value.push_back(value_of(window));
  }
  return series;
}

void add_series(const Quantity& quantity, const std::vector<LatencyWindow>& windows, sim::metrics::Result& result)
{
  const auto add = [&](std::string_view what, std::string_view unit, const auto& value_of) {
    result.series.emplace_back(fmt::format("{}_{}", quantity.name, what), series_of(unit, windows, value_of));
  };
  for (std::size_t i = 0; i < Percentiles.size(); ++i)
    add(fmt::format("p{}_ms", Percentiles.at(i)), "ms", [i](const auto& window) { return window.percentiles.at(i); });
  add("objective_ms", "ms", [&](const auto&) { return quantity.objective.count() * 1e3; });
  add("window_requests", "requests", [](const auto& window) { return static_cast<double>(window.count); });
}

std::optional<double> ttft_of(FirstToken first_token, const RequestRecord& record)
{
  return record.is_finished() ? std::optional(ttft_ms(first_token, record)) : std::nullopt;
}

std::optional<double> tpot_of(FirstToken first_token, const RequestRecord& record)
{
  return record.is_finished() && has_tpot(first_token, record) ? std::optional(tpot_ms(first_token, record))
                                                               : std::nullopt;
}

}  // namespace

std::vector<LatencyWindow> latency_windows(std::span<const RequestRecord> records, Picoseconds step,
                                           const LatencyOf& latency)
{
  std::vector<LatencyWindow> windows;
  std::size_t number = 0;
  for (const Bounds& bounds : bounds_of(records, step, latency)) {
    std::vector<double> values;
    for (; number < bounds.behind; ++number)
      if (const auto value = latency(records[number]))
        values.push_back(*value);
    LatencyWindow& window = windows.emplace_back(LatencyWindow{bounds.begin, bounds.end, values.size(), {}});
    for (std::size_t i = 0; i < Percentiles.size(); ++i)
      window.percentiles.at(i) = nearest_rank(values, Percentiles.at(i));
  }
  return windows;
}

std::optional<Picoseconds> latency_step(Picoseconds last_arrival)
{
  if (last_arrival <= Picoseconds(0))
    return std::nullopt;
  const std::int64_t wanted = (last_arrival.count() + MostWindows - 1) / MostWindows;
  for (std::int64_t power = 1;; power *= 10)
    for (const std::int64_t round : {1, 2, 5})
      if (round * power >= wanted)
        return Picoseconds(round * power);
}

void add_latency_series(const ServingSpec& spec, std::span<const RequestRecord> records, sim::metrics::Result& result)
{
  const auto step = records.empty() ? std::nullopt : latency_step(Picoseconds(records.back().when(Milestone::Arrived)));
  if (!step)
    return;
  const FirstToken at = spec.first_token;
  for (const Quantity& quantity :
       {Quantity{"ttft", spec.slo_ttft, [at](const RequestRecord& each) { return ttft_of(at, each); }},
        Quantity{"tpot", spec.slo_tpot, [at](const RequestRecord& each) { return tpot_of(at, each); }}})
    if (const auto windows = latency_windows(records, *step, quantity.latency); !windows.empty())
      add_series(quantity, windows, result);
}

}  // namespace cm::workloads
