#include "tools/workload_kinds/metric_catalogue.h"

#include "tools/workload_kinds/workload_table.h"

#include <algorithm>
#include <array>

namespace cm::tools {
namespace {

using sim::metrics::MetricDeclaration;
using sim::metrics::Shape;

constexpr std::array<StatisticWords, 8> Statistics{{{"mean", "mean"},
                                                    {"min", "minimum"},
                                                    {"p50", "median"},
                                                    {"p90", "90th percentile"},
                                                    {"p95", "95th percentile"},
                                                    {"p99", "99th percentile"},
                                                    {"p999", "99.9th percentile"},
                                                    {"max", "maximum"}}};

bool says_the_same(const MetricDeclaration& a, const MetricDeclaration& b)
{
  return a.name == b.name && a.shape == b.shape && a.unit == b.unit && a.meaning == b.meaning && a.formula == b.formula;
}

}  // namespace

std::vector<CataloguedMetric> all_metrics()
{
  std::vector<CataloguedMetric> metrics;
  for (const WorkloadKind& kind : workload_table())
    for (const MetricDeclaration& metric : kind.metrics) {
      const auto same = std::ranges::find_if(
          metrics, [&](const CataloguedMetric& each) { return says_the_same(each.declaration, metric); });
      if (same == metrics.end())
        metrics.push_back({metric, {kind.name}});
      else
        same->kinds.push_back(kind.name);
    }
  return metrics;
}

std::span<const StatisticWords> histogram_statistics()
{
  return Statistics;
}

bool is_statistic(std::string_view name)
{
  return std::ranges::find(Statistics, name, &StatisticWords::name) != Statistics.end();
}

std::optional<MetricName> meant_number(std::string_view name, const MetricDeclaration& metric)
{
  if (is_name_of(metric, name))
    return MetricName{metric, {}};
  if (metric.shape == Shape::Histogram)
    for (const StatisticWords& statistic : Statistics) {
      MetricDeclaration numbers = metric;
      const std::string of_statistic = sim::metrics::statistic_name(metric.name, statistic.name);
      numbers.name = of_statistic;
      if (is_name_of(numbers, name))
        return MetricName{metric, statistic.name};
    }
  return std::nullopt;
}

std::optional<MetricName> find_metric(std::string_view name)
{
  // A name that is spelled out goes before one with a "*".
  for (const bool has_star : {false, true})
    for (const WorkloadKind& kind : workload_table())
      for (const MetricDeclaration& metric : kind.metrics)
        if ((metric.name.find('*') != std::string_view::npos) == has_star)
          if (const auto found = meant_number(name, metric))
            return found;
  return std::nullopt;
}

}  // namespace cm::tools
