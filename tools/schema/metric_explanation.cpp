#include "tools/schema/metric_explanation.h"

#include "sim/config/suggestion.h"
#include "tools/terminal/table_text.h"
#include "tools/workload_kinds/metric_catalogue.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::tools {
namespace {

using sim::metrics::Better;
using sim::metrics::MetricDeclaration;
using sim::metrics::Shape;

std::string unit_text(const MetricDeclaration& metric)
{
  if (metric.unit == "1")
    return "1 (a share or a ratio)";
  return metric.unit == "1/s" ? "1/s (per second)" : std::string(metric.unit);
}

std::string better_text(Better better)
{
  switch (better) {
  case Better::Lower: return "lower";
  case Better::Higher: return "higher";
  case Better::Neither: break;
  }
  return "neither: an input, or a number that is good or bad only beside others";
}

std::string metric_text(const std::string& name, std::string_view statistic, const CataloguedMetric& metric)
{
  const MetricDeclaration& declared = metric.declaration;
  const std::vector<std::string> kinds(metric.kinds.begin(), metric.kinds.end());
  const bool is_histogram = declared.shape == Shape::Histogram;
  std::string text =
      fmt::format("{} ({} of {})\n", name, is_histogram ? "histogram" : "metric", sim::config::joined(kinds, ", "));
  const auto statistics = histogram_statistics();
  const auto stated = std::ranges::find(statistics, statistic, &StatisticWords::name);
  if (stated != statistics.end())
    text += wrapped("  ", fmt::format("{} of {}: {}", stated->words, declared.name, declared.meaning), 2);
  else
    text += wrapped("  ", std::string(declared.meaning), 2);
  text += wrapped("  unit: ", unit_text(declared), 8);
  text += wrapped("  better: ", better_text(declared.better), 10);
  text += wrapped("  formula: ", std::string(declared.formula), 11);
  if (is_histogram) {
    std::string names = "count";
    for (const StatisticWords& each : statistics)
      names += fmt::format(", {}", each.name);
    text += wrapped("  statistics: ", names + "; none of no values", 4);
  }
  if (declared.absence == sim::metrics::Absence::Relief)
    text += wrapped("  ", "only reported while something is wrong", 2);
  if (!declared.added_by.empty())
    text += wrapped("  ", fmt::format("only reported by cmsim run {}", declared.added_by), 2);
  return text;
}

}  // namespace

std::string metric_explanation(const std::string& name)
{
  const auto found = find_metric(name);
  if (!found)
    return {};
  std::string text;
  for (const CataloguedMetric& metric : all_metrics())
    if (metric.declaration.name == found->declaration.name &&
        (found->statistic.empty() || metric.declaration.shape == Shape::Histogram))
      text += (text.empty() ? "" : "\n") + metric_text(name, found->statistic, metric);
  return text;
}

std::vector<std::string> metric_names()
{
  std::vector<std::string> names;
  for (const CataloguedMetric& metric : all_metrics())
    names.emplace_back(metric.declaration.name);
  return names;
}

}  // namespace cm::tools
