#include "tools/sensitivity/child_metrics.h"

#include "tools/runner/child_runs.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace cm::tools {
namespace {

// The range that an end of was tried; the scenario where nothing was.
std::string origin_of(const ScenarioRequest& scenario, const std::vector<PlacedSetting>& settings)
{
  if (settings.size() != 1)
    return fmt::format("{}:1:1", scenario.path);
  return fmt::format("{}: {}", to_text(settings.front().place), settings.front().text);
}

ChildRun run_of(const ScenarioRequest& scenario, const std::vector<PlacedSetting>& settings)
{
  return {.origin = origin_of(scenario, settings),
          .scenario = scenario.path,
          .config_root = scenario.config_root,
          .seed = scenario.seed,
          .settings = settings,
          .sets = scenario.sets};
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
                                        const std::vector<std::vector<PlacedSetting>>& settings, int jobs,
                                        sim::metrics::Progress& progress)
{
  std::vector<ChildRun> runs;
  runs.reserve(settings.size());
  for (const auto& each : settings)
    runs.push_back(run_of(scenario, each));
  const auto total = static_cast<double>(runs.size());
  const std::vector<std::string> outputs = run_children(runs, jobs, [&](std::size_t ended) {
    progress.update(static_cast<double>(ended) / total, fmt::format("{} of {} runs", ended, runs.size()));
  });
  std::vector<MetricValues> results;
  results.reserve(outputs.size());
  for (const std::string& output : outputs)
    results.push_back(metrics_of(output));
  return results;
}

}  // namespace cm::tools
