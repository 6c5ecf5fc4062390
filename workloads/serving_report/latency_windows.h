// Latencies of requests over time: windows of arrival that hold enough requests for a percentile, and percentiles of
// each window.
#pragma once

#include "sim/metrics/result.h"
#include "workloads/serving/requests/request_record.h"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace cm::workloads {

// Requests in a window: with fewer the 99th percentile is the largest value.
inline constexpr std::uint64_t FewestInWindow = 100;

struct LatencyWindow {
  Picoseconds begin;  // of arrivals, whole steps from the beginning of the run
  Picoseconds end;    // later than its last arrival
  std::uint64_t count = 0;
  std::array<double, 3> percentiles{};  // 50th, 90th and 99th; values that occurred (nearest rank)
};

// Latency of a finished request in ms; empty where it has none.
using LatencyOf = std::function<std::optional<double>(const RequestRecord&)>;

// `records` in order of arrival. A window ends with the first step at whose end it holds FewestInWindow latencies;
// requests that are left over belong to the last one. No window when there are fewer in all.
std::vector<LatencyWindow> latency_windows(std::span<const RequestRecord> records, Picoseconds step,
                                           const LatencyOf& latency);

// Step of a run whose last request arrives then: a fiftieth of that time, rounded up to 1, 2 or 5 times a power of ten.
// Empty when all arrive at the beginning.
std::optional<Picoseconds> latency_step(Picoseconds last_arrival);

// Adds the series ttft_p50_ms, ttft_p90_ms, ttft_p99_ms, ttft_objective_ms and ttft_window_requests, and those of tpot:
// a value a window, at its end; a window begins where the one before ends, the first one at 0. Of all records, those of
// the warm-up included. A quantity without a window is left out.
void add_latency_series(const ServingSpec& spec, std::span<const RequestRecord> records, sim::metrics::Result& result);

}  // namespace cm::workloads
