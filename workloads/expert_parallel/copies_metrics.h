// Metrics of workloads whose copies of experts were chosen by `auto`.
#pragma once

#include "sim/metrics/metric_declaration.h"

namespace cm::workloads {

inline constexpr sim::metrics::MetricDeclaration RedundantCopies{
    .name = "redundant_copies",
    .unit = "count",
    .better = sim::metrics::Better::Neither,
    .meaning = "redundant copies of routed experts that auto took",
    .formula = "as many as make slots divide over the ranks"};

inline constexpr sim::metrics::MetricDeclaration SharedCopies{.name = "shared_copies",
                                                              .unit = "count",
                                                              .better = sim::metrics::Better::Neither,
                                                              .meaning = "copies of the shared expert that auto took",
                                                              .formula = "as many as make slots divide over the ranks"};

}  // namespace cm::workloads
