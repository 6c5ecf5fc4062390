// Metrics of one product of matrices.
#pragma once

#include "sim/metrics/answer.h"
#include "sim/metrics/metric_declaration.h"

#include <array>

namespace cm::workloads {

inline constexpr sim::metrics::MetricTable GemmMetrics{std::to_array<sim::metrics::MetricDeclaration>({
    {.name = "time_us",
     .unit = "us",
     .better = sim::metrics::Better::Lower,
     .meaning = "time of the whole product",
     .formula = "launch to result",
     .follows = "waves"},
    {.name = "tflops",
     .unit = "TFLOP/s",
     .better = sim::metrics::Better::Higher,
     .meaning = "arithmetic done per second",
     .formula = "2 m n k / time_us",
     .follows = "time_us"},
    {.name = "waves",
     .unit = "count",
     .better = sim::metrics::Better::Neither,
     .meaning = "rounds in which all cores work on a tile each",
     .formula = "tiles of the result / cores, rounded up"},
})};

// Numbers that a reader wants first.
inline constexpr auto GemmHeadline = std::to_array<sim::metrics::HeadlineRow>({
    {"time_us", "time of the product"},
    {"tflops", "arithmetic rate"},
});

}  // namespace cm::workloads
