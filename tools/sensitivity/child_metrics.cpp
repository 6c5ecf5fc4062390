#include "tools/sensitivity/child_metrics.h"

#include "tools/runner/child_runs.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace cm::tools {
namespace {

std::vector<std::string> call_of(const ScenarioRequest& scenario, const std::vector<std::string>& settings)
{
  std::vector<std::string> words{"run", scenario.path, "--configs", scenario.config_root, "--format", "json"};
  if (scenario.seed) {
    words.emplace_back("--seed");
    words.push_back(fmt::format("{}", *scenario.seed));
  }
  for (const auto* list : {&scenario.sets, &settings})
    for (const std::string& setting : *list) {
      words.emplace_back("--set");
      words.push_back(setting);
    }
  return words;
}

MetricValues metrics_of(const std::string& output)
{
  MetricValues metrics;
  const auto result = nlohmann::json::parse(output);
  for (const auto& [name, metric] : result.at("metrics").items())
    metrics[name] = {metric.at("value").get<double>(), metric.at("unit").get<std::string>()};
  return metrics;
}

}  // namespace

std::vector<MetricValues> child_metrics(const ScenarioRequest& scenario,
                                        const std::vector<std::vector<std::string>>& settings, int jobs,
                                        sim::metrics::Progress& progress)
{
  std::vector<std::vector<std::string>> calls;
  calls.reserve(settings.size());
  for (const auto& each : settings)
    calls.push_back(call_of(scenario, each));
  const auto total = static_cast<double>(calls.size());
  const std::vector<std::string> outputs = run_children(calls, jobs, [&](std::size_t ended) {
    progress.update(static_cast<double>(ended) / total, fmt::format("{} of {} runs", ended, calls.size()));
  });
  std::vector<MetricValues> results;
  results.reserve(outputs.size());
  for (const std::string& output : outputs)
    results.push_back(metrics_of(output));
  return results;
}

}  // namespace cm::tools
