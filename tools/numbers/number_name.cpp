#include "tools/numbers/number_name.h"

#include "sim/config/suggestion.h"
#include "tools/workload_kinds/metric_catalogue.h"
#include "tools/workload_kinds/workload_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>

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

// Whether results have metrics that an option of `cmsim run` adds.
enum class Runs : std::uint8_t { Plain, WithOptions };

std::vector<std::string> names_of(const WorkloadKind& kind, Runs runs)
{
  std::vector<std::string> names;
  std::vector<std::string> statistics;
  for (const MetricDeclaration& metric : kind.metrics) {
    if (runs == Runs::Plain && !metric.added_by.empty())
      continue;
    for (std::string& name : spelled_out(metric)) {
      if (metric.shape == Shape::Histogram)
        for (const StatisticWords& statistic : histogram_statistics())
          statistics.push_back(sim::metrics::statistic_name(name, statistic.name));
      else
        names.push_back(std::move(name));
    }
  }
  names.insert(names.end(), statistics.begin(), statistics.end());
  names.emplace_back(SteadyNumber);
  return names;
}

// Names as a list shows them: one for a histogram.
std::vector<std::string> shown_names(const WorkloadKind& kind)
{
  std::vector<std::string> names;
  for (const MetricDeclaration& metric : kind.metrics)
    if (metric.added_by.empty())
      for (std::string& name : spelled_out(metric))
        names.push_back(metric.shape == Shape::Histogram ? sim::metrics::statistic_name(name, "p99") : std::move(name));
  return names;
}

// Behind a name that no kind has.
std::string advice(std::string_view name, const std::vector<const WorkloadKind*>& kinds, Runs runs)
{
  std::vector<std::string> candidates;
  for (const WorkloadKind* kind : kinds)
    std::ranges::copy(names_of(*kind, runs), std::back_inserter(candidates));
  std::string near = sim::config::did_you_mean(name, candidates);
  // All names of all kinds would be a page.
  if (!near.empty() || kinds.size() > 1)
    return near;
  return sim::config::short_suggestion(name, shown_names(*kinds.front()), "metrics",
                                       fmt::format("cmsim list metrics {}", kinds.front()->name));
}

// Empty when one of the kinds may report it.
std::string refusal(std::string_view name, const std::vector<const WorkloadKind*>& kinds, Runs runs)
{
  const std::string compared = as_compared(name);
  if (compared == SteadyNumber)
    return {};
  bool is_histogram = false;
  for (const WorkloadKind* kind : kinds)
    for (const MetricDeclaration& metric : kind->metrics) {
      const auto meant = meant_number(compared, metric);
      if (meant && runs == Runs::Plain && !metric.added_by.empty())
        return fmt::format("expected a metric of the run, found \"{}\", which only cmsim run {} adds", name,
                           metric.added_by);
      if (meant && (metric.shape == Shape::Number || !meant->statistic.empty()))
        return {};
      is_histogram = is_histogram || meant.has_value();
    }
  if (is_histogram)
    return histogram_refusal(name, compared);
  return fmt::format("expected a metric of the run, found \"{}\"{}", name, advice(name, kinds, runs));
}

}  // namespace

std::vector<std::string> number_names(std::string_view kind)
{
  const auto row = std::ranges::find(workload_table(), kind, &WorkloadKind::name);
  return row == workload_table().end() ? std::vector<std::string>() : names_of(*row, Runs::Plain);
}

std::string refused_number(std::string_view name, std::string_view kind)
{
  const auto row = std::ranges::find(workload_table(), kind, &WorkloadKind::name);
  return row == workload_table().end() ? std::string() : refusal(name, {&*row}, Runs::Plain);
}

std::string refused_number(std::string_view name)
{
  std::vector<const WorkloadKind*> kinds;
  for (const WorkloadKind& kind : workload_table())
    kinds.push_back(&kind);
  return refusal(name, kinds, Runs::WithOptions);
}

std::string workload_kind_of(const ScenarioRequest& request)
{
  const ResolvedScenario scenario = load_scenario(request);
  const sim::config::Value* kind = scenario.workload ? scenario.workload->find("kind") : nullptr;
  return kind != nullptr ? kind->text : std::string();
}

}  // namespace cm::tools
