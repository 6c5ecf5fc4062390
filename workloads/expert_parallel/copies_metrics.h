// Metrics of workloads whose copies of experts were chosen by `auto`.
#pragma once

#include "sim/metrics/metric_declaration.h"

namespace cm::workloads {

inline constexpr sim::metrics::MetricDeclaration RedundantCopies{
    .name = "redundant_copies",
    .unit = "count",
    .better = sim::metrics::Better::Neither,
    .meaning = "redundant copies of routed experts in the deployment",
    .formula = "the number given, or the rule of auto (cmsim explain experts)"};

inline constexpr sim::metrics::MetricDeclaration SharedCopies{
    .name = "shared_copies",
    .unit = "count",
    .better = sim::metrics::Better::Neither,
    .meaning = "copies of the shared expert in the deployment, in slots or beside them",
    .formula = "the number given, or the rule of auto (cmsim explain experts)"};

}  // namespace cm::workloads
