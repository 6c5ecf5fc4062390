// Metrics of dispatch and combine on an idle machine.
#pragma once

#include "models/network/queue_metrics.h"
#include "sim/metrics/answer.h"
#include "sim/metrics/metric_declaration.h"
#include "workloads/expert_parallel/copies_metrics.h"

#include <array>

namespace cm::workloads {

inline constexpr sim::metrics::MetricTable EpMetrics{std::to_array<sim::metrics::MetricDeclaration>({
    {.name = "dispatch_us",
     .unit = "us",
     .better = sim::metrics::Better::Lower,
     .meaning = "mean time of a dispatch of all ranks",
     .formula = "end of the slowest rank - start of the first, mean over repeats",
     .follows = "breakdown, hottest_rank_load"},
    {.name = "combine_us",
     .unit = "us",
     .better = sim::metrics::Better::Lower,
     .meaning = "mean time of a combine of all ranks",
     .formula = "end of the slowest rank - start of the first, mean over repeats",
     .follows = "breakdown, hottest_rank_load"},
    {.name = "dispatch_gb_s",
     .unit = "GB/s",
     .better = sim::metrics::Better::Higher,
     .meaning = "bytes that a rank sends per second of dispatch, decimal",
     .formula = "rows of a rank * bytes of a row on the wire / dispatch_us",
     .follows = "dispatch_us"},
    {.name = "combine_gb_s",
     .unit = "GB/s",
     .better = sim::metrics::Better::Higher,
     .meaning = "bytes that a rank sends per second of combine, decimal",
     .formula = "rows of a rank * bytes of a row on the wire / combine_us",
     .follows = "combine_us"},
    {.name = "hottest_rank_load",
     .unit = "ratio",
     .better = sim::metrics::Better::Lower,
     .meaning = "load of the fullest rank over that of the mean rank",
     .formula = "expected routed rows of the fullest rank / of the mean rank, mean over layers"},
    models::PeakQueueBytes,
    models::LostBytes,
    models::ResentPackets,
    models::ReplayedPackets,
    models::DetouredPackets,
    RedundantCopies,
    {.name = "dispatch_rank_us",
     .unit = "us",
     .better = sim::metrics::Better::Lower,
     .meaning = "time of a dispatch on one rank",
     .formula = "end of the rank - its start",
     .shape = sim::metrics::Shape::Histogram,
     .follows = "breakdown, hottest_rank_load"},
    {.name = "combine_rank_us",
     .unit = "us",
     .better = sim::metrics::Better::Lower,
     .meaning = "time of a combine on one rank",
     .formula = "end of the rank - its start",
     .shape = sim::metrics::Shape::Histogram,
     .follows = "breakdown, hottest_rank_load"},
    {.name = "rank_wait_us",
     .unit = "us",
     .better = sim::metrics::Better::Lower,
     .meaning = "time that a rank waits for its peers in an exchange",
     .formula = "time in which its own rows and flags are out and those of others are not there",
     .shape = sim::metrics::Shape::Histogram,
     .follows = "breakdown, hottest_rank_load"},
})};

// Numbers that a reader wants first.
inline constexpr auto EpHeadline = std::to_array<sim::metrics::HeadlineRow>({
    {"dispatch_us", "dispatch"},
    {"combine_us", "combine"},
    {"dispatch_gb_s", "dispatch, per rank"},
    {"combine_gb_s", "combine, per rank"},
    {"hottest_rank_load", "load of the fullest rank over the mean"},
});

}  // namespace cm::workloads
