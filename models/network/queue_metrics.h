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

// Of runs with events alone.
inline constexpr sim::metrics::MetricDeclaration LostBytes{
    .name = "lost_bytes",
    .unit = "B",
    .better = sim::metrics::Better::Lower,
    .meaning = "payload that was lost for good; times count it as arrived when it was given up",
    .formula = "bytes of packets lost after their last try"};
inline constexpr sim::metrics::MetricDeclaration ResentPackets{
    .name = "resent_packets",
    .unit = "packets",
    .better = sim::metrics::Better::Lower,
    .meaning = "packets that their sources sent again because they were lost",
    .formula = "packets sent again end to end"};
inline constexpr sim::metrics::MetricDeclaration ReplayedPackets{
    .name = "replayed_packets",
    .unit = "packets",
    .better = sim::metrics::Better::Lower,
    .meaning = "packets that links sent again because they were received wrong",
    .formula = "packets sent again on one link, each time"};
inline constexpr sim::metrics::MetricDeclaration DetouredPackets{
    .name = "detoured_packets",
    .unit = "packets",
    .better = sim::metrics::Better::Lower,
    .meaning = "packets taken out of the queue of a port found dead, for another way",
    .formula = "packets led another way"};

}  // namespace cm::models
