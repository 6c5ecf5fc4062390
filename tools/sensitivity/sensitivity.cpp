#include "tools/sensitivity/sensitivity.h"

#include "sim/config/suggestion.h"
#include "sim/diagnostics/errors.h"
#include "tools/sensitivity/child_metrics.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace cm::tools {
namespace {

const MetricValue& metric_of(const MetricValues& metrics, const std::string& name)
{
  if (const auto found = metrics.find(name); found != metrics.end())
    return found->second;
  std::vector<std::string> names;
  for (const auto& [each, value] : metrics)
    names.push_back(each);
  throw ConfigError(fmt::format("--metric: the scenario has no metric \"{}\"{}", name,
                                sim::config::suggestion(name, names, "metrics")));
}

// Root of the sum of the squared moves in one direction.
double reach(const Sensitivity& found, double direction)
{
  double sum = 0;
  for (const Swing& swing : found.swings) {
    const double move =
        std::max({0.0, direction * (swing.at_low - found.nominal), direction * (swing.at_high - found.nominal)});
    sum += move * move;
  }
  return std::sqrt(sum);
}

}  // namespace

double Swing::size() const
{
  return std::abs(at_high - at_low);
}

double Sensitivity::low() const
{
  return nominal - reach(*this, -1);
}

double Sensitivity::high() const
{
  return nominal + reach(*this, 1);
}

Sensitivity sensitivity(const SensitivityRequest& request, sim::metrics::Progress& progress)
{
  Sensitivity found{.metric = request.metric, .unit = "", .nominal = 0, .swings = {}, .not_varied = {}};
  std::vector<std::vector<PlacedSetting>> settings{{}};
  for (const UncertainNumber& number : uncertain_numbers(request.scenario)) {
    if (!number.range) {
      found.not_varied.push_back(number);
      continue;
    }
    found.swings.push_back({.number = number, .at_low = 0, .at_high = 0});
    for (const double end : {number.range->low, number.range->high})
      settings.push_back({{fmt::format("{}={}", number.path, number.range->text(end)), number.range_place}});
  }
  const std::vector<ChildResult> results = child_results(request.scenario, settings, request.jobs, progress);
  const MetricValue& nominal = metric_of(results.front().metrics, request.metric);
  found.is_steady = results.front().is_steady;
  found.nominal = nominal.value;
  found.unit = nominal.unit;
  for (std::size_t i = 0; i < found.swings.size(); ++i) {
    const ChildResult& low = results[1 + 2 * i];
    const ChildResult& high = results[2 + 2 * i];
    found.swings[i].at_low = metric_of(low.metrics, request.metric).value;
    found.swings[i].at_high = metric_of(high.metrics, request.metric).value;
    found.swings[i].is_steady = low.is_steady && high.is_steady;
  }
  std::ranges::stable_sort(found.swings, std::ranges::greater{}, &Swing::size);
  return found;
}

}  // namespace cm::tools
