#include "tools/numbers/number_name.h"

#include "sim/config/suggestion.h"
#include "tools/runner/metric_catalogue.h"
#include "tools/runner/workload_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::tools {
namespace {

using sim::metrics::MetricDeclaration;
using sim::metrics::Shape;

// Names of a metric with each of its words; none where only a run knows them.
std::vector<std::string> spelled_out(const MetricDeclaration& metric)
{
  if (metric.name.find('*') == std::string_view::npos)
    return {std::string(metric.name)};
  std::vector<std::string> names;
  for (const std::string_view word : sim::metrics::items_of(metric.words))
    names.push_back(sim::metrics::name_with(metric, word));
  return names;
}

// "ttft_p99_ms" for "ttft_ms.p99"; any other name as it is.
std::string as_compared(std::string_view name)
{
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || !is_statistic(name.substr(dot + 1)))
    return std::string(name);
  return sim::metrics::statistic_name(name.substr(0, dot), name.substr(dot + 1));
}

std::string histogram_refusal(std::string_view name, const std::string& histogram)
{
  std::vector<std::string> statistics;
  for (const StatisticWords& statistic : histogram_statistics())
    statistics.push_back(sim::metrics::statistic_name(histogram, statistic.name));
  return fmt::format("expected a metric of the run, found the histogram \"{}\"; its statistics: {}", name,
                     sim::config::joined(statistics, ", "));
}

// Empty when one of the kinds may report it.
std::string refusal(std::string_view name, const std::vector<const WorkloadKind*>& kinds)
{
  const std::string compared = as_compared(name);
  if (compared == SteadyNumber)
    return {};
  std::vector<std::string> candidates;
  std::vector<std::string> shown;
  bool is_histogram = false;
  for (const WorkloadKind* kind : kinds) {
    for (const MetricDeclaration& metric : kind->metrics) {
      const auto meant = meant_number(compared, metric);
      if (meant && (metric.shape == Shape::Number || !meant->statistic.empty()))
        return {};
      is_histogram = is_histogram || meant.has_value();
      for (std::string& each : spelled_out(metric))
        shown.push_back(metric.shape == Shape::Histogram ? sim::metrics::statistic_name(each, "p99") : std::move(each));
    }
    const std::vector<std::string> names = number_names(kind->name);
    candidates.insert(candidates.end(), names.begin(), names.end());
  }
  if (is_histogram)
    return histogram_refusal(name, compared);
  const auto near = sim::config::nearest(name, candidates);
  // All names of all kinds would be a page.
  const std::string help = near || kinds.size() > 1
                               ? (near ? fmt::format("; did you mean \"{}\"?", *near) : std::string())
                               : fmt::format("; metrics: {}", sim::config::joined(shown, ", "));
  return fmt::format("expected a metric of the run, found \"{}\"{}", name, help);
}

}  // namespace

std::vector<std::string> number_names(std::string_view kind)
{
  std::vector<std::string> names;
  const auto row = std::ranges::find(workload_table(), kind, &WorkloadKind::name);
  if (row == workload_table().end())
    return names;
  std::vector<std::string> statistics;
  for (const MetricDeclaration& metric : row->metrics)
    for (std::string& name : spelled_out(metric)) {
      if (metric.shape == Shape::Histogram)
        for (const StatisticWords& statistic : histogram_statistics())
          statistics.push_back(sim::metrics::statistic_name(name, statistic.name));
      else
        names.push_back(std::move(name));
    }
  names.insert(names.end(), statistics.begin(), statistics.end());
  names.emplace_back(SteadyNumber);
  return names;
}

std::string refused_number(std::string_view name, std::string_view kind)
{
  const auto row = std::ranges::find(workload_table(), kind, &WorkloadKind::name);
  return row == workload_table().end() ? std::string() : refusal(name, {&*row});
}

std::string refused_number(std::string_view name)
{
  std::vector<const WorkloadKind*> kinds;
  for (const WorkloadKind& kind : workload_table())
    kinds.push_back(&kind);
  return refusal(name, kinds);
}

std::string workload_kind_of(const ScenarioRequest& request)
{
  const ResolvedScenario scenario = load_scenario(request);
  const sim::config::Value* kind = scenario.workload ? scenario.workload->find("kind") : nullptr;
  return kind != nullptr ? kind->text : std::string();
}

}  // namespace cm::tools
