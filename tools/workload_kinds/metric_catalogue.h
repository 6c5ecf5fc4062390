// Every metric that a workload reports, with the workloads that do, from the tables of the workloads.
#pragma once

#include "sim/metrics/metric_declaration.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cm::tools {

struct CataloguedMetric {
  const sim::metrics::MetricDeclaration& declaration;
  std::vector<std::string_view> kinds;  // of workload, whose declarations are the same
};

std::vector<CataloguedMetric> all_metrics();

// A statistic that results state of a histogram that has values.
struct StatisticWords {
  std::string_view name;   // "p50"
  std::string_view words;  // "median"
};

// In the order in which results state them.
std::span<const StatisticWords> histogram_statistics();
bool is_statistic(std::string_view name);

// One number of results: a metric, or a statistic of a histogram.
struct MetricName {
  const sim::metrics::MetricDeclaration& declaration;
  std::string_view statistic;  // "mean", "p50" and so on; empty for a metric, and for the histogram itself
};

// Whether the name means the metric, or which statistic of it. Empty: neither.
std::optional<MetricName> meant_number(std::string_view name, const sim::metrics::MetricDeclaration& metric);

// As a result, a comparison or a sweep calls it: "tpot_ms", "latency_hbm_us", "ttft_p99_ms". Workloads may share a
// name, then unit and direction are the same and the first one's declaration is found. Empty: no workload has such a
// metric.
std::optional<MetricName> find_metric(std::string_view name);

}  // namespace cm::tools
