// Metrics of the start of serving instances.
#pragma once

#include "sim/metrics/answer.h"
#include "sim/metrics/metric_declaration.h"

#include <array>

namespace cm::workloads {

inline constexpr sim::metrics::MetricTable ModelLoadMetrics{std::to_array<sim::metrics::MetricDeclaration>({
    {.name = "*_cold_s",
     .unit = "s",
     .better = sim::metrics::Better::Lower,
     .meaning = "time to start all instances when no cache has the model",
     .formula = "bucket to NPUs, all instances at the same time",
     .words = "no_cache, local_dram, ems"},
    {.name = "*_warm_s",
     .unit = "s",
     .better = sim::metrics::Better::Lower,
     .meaning = "time to start all instances when the cache has the model",
     .formula = "DRAM to NPUs, all instances at the same time",
     .words = "local_dram, ems"},
    {.name = "*_dram",
     .unit = "models",
     .better = sim::metrics::Better::Lower,
     .meaning = "DRAM that copies of the model take, in sizes of the model",
     .formula = "one copy of the model for each cache that holds it",
     .words = "no_cache, local_dram, ems"},
    {.name = "*_switch_hits",
     .unit = "share",
     .better = sim::metrics::Better::Higher,
     .meaning = "share of the switches to a model that the cache has",
     .formula = "hits / switches",
     .words = "no_cache, local_dram, ems"},
    {.name = "*_switch_s",
     .unit = "s",
     .better = sim::metrics::Better::Lower,
     .meaning = "mean time of one instance to switch to another model",
     .formula = "hits * warm + (1 - hits) * cold, one instance alone",
     .words = "no_cache, local_dram, ems"},
})};

// Numbers that a reader wants first.
inline constexpr auto ModelLoadHeadline = std::to_array<sim::metrics::HeadlineRow>({
    {"ems_warm_s", "start from the warm pool"},
    {"local_dram_warm_s", "start from warm local DRAM"},
    {"ems_cold_s", "cold start through the pool"},
    {"no_cache_cold_s", "cold start without a cache"},
    {"ems_switch_s", "switch of models with the pool"},
    {"local_dram_switch_s", "switch of models with local DRAM"},
});

}  // namespace cm::workloads
