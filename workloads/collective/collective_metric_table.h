// Metrics of one collective operation.
#pragma once

#include "models/network/queue_metrics.h"
#include "sim/metrics/answer.h"
#include "sim/metrics/metric_declaration.h"

#include <array>

namespace cm::workloads {

inline constexpr sim::metrics::MetricTable CollectiveMetrics{std::to_array<sim::metrics::MetricDeclaration>({
    {.name = "time_us",
     .unit = "us",
     .better = sim::metrics::Better::Lower,
     .meaning = "time of the whole operation",
     .formula = "end of the slowest rank - call",
     .follows = "breakdown"},
    {.name = "bandwidth_gb_s",
     .unit = "GB/s",
     .better = sim::metrics::Better::Higher,
     .meaning = "bytes that the busiest rank must send or receive, per second, decimal",
     .formula = "least bytes of the busiest rank / time_us",
     .follows = "time_us"},
    {.name = "steps",
     .unit = "count",
     .better = sim::metrics::Better::Neither,
     .meaning = "steps of the algorithm, each waiting for the one before",
     .formula = "as the algorithm plans them"},
    models::PeakQueueBytes,
    models::LostBytes,
    models::ResentPackets,
    models::ReplayedPackets,
    models::DetouredPackets,
    {.name = "rank_us",
     .unit = "us",
     .better = sim::metrics::Better::Lower,
     .meaning = "time until a rank is done",
     .formula = "end of the rank - call",
     .shape = sim::metrics::Shape::Histogram,
     .follows = "breakdown"},
})};

// Numbers that a reader wants first.
inline constexpr auto CollectiveHeadline = std::to_array<sim::metrics::HeadlineRow>({
    {"time_us", "time of the operation"},
    {"bandwidth_gb_s", "bandwidth of the busiest rank"},
});

}  // namespace cm::workloads
