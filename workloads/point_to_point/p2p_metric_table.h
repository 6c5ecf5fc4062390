// Metrics of one access between two endpoints.
#pragma once

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
})};

}  // namespace cm::workloads
