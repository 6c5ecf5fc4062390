// Metrics of one access between two endpoints.
#pragma once

#include "models/network/queue_metrics.h"
#include "sim/metrics/answer.h"
#include "sim/metrics/metric_declaration.h"

#include <array>

namespace cm::workloads {

inline constexpr sim::metrics::MetricTable P2pMetrics{std::to_array<sim::metrics::MetricDeclaration>({
    {.name = "latency_us",
     .unit = "us",
     .better = sim::metrics::Better::Lower,
     .meaning = "time of the whole access",
     .formula = "issue to last byte (read) or acknowledgement (write)"},
    {.name = "bandwidth_gb_s",
     .unit = "GB/s",
     .better = sim::metrics::Better::Higher,
     .meaning = "decimal gigabytes moved per second of the access",
     .formula = "bytes / latency_us",
     .follows = "latency_us"},
    models::LostBytes,
    models::ResentPackets,
    models::ReplayedPackets,
    models::DetouredPackets,
})};

// Numbers that a reader wants first.
inline constexpr auto P2pHeadline = std::to_array<sim::metrics::HeadlineRow>({
    {"latency_us", "time of the access"},
    {"bandwidth_gb_s", "bandwidth"},
});

}  // namespace cm::workloads
