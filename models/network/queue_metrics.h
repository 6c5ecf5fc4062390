// Metrics of every workload whose packets are simulated.
#pragma once

#include "sim/metrics/metric_declaration.h"

namespace cm::models {

inline constexpr sim::metrics::MetricDeclaration PeakQueueBytes{
    .name = "peak_queue_bytes",
    .unit = "B",
    .better = sim::metrics::Better::Lower,
    .meaning = "longest queue of packets in front of any port",
    .formula = "most bytes that waited in front of one port at a time",
    .follows = sim::metrics::Breakdown};

}  // namespace cm::models
