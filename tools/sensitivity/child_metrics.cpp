#include "tools/sensitivity/child_metrics.h"

#include "tools/runner/child_runs.h"
#include "tools/runner/run_health.h"

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

ChildResult result_of(const std::string& output)
{
  const auto root = nlohmann::ordered_json::parse(output);
  ChildResult result{.metrics = {}, .is_steady = health_of(root).is_steady};
  for (const auto& [name, metric] : root.at("metrics").items())
    result.metrics[name] = {metric.at("value").get<double>(), metric.at("unit").get<std::string>()};
  return result;
}

}  // namespace

std::vector<ChildResult> child_results(const ScenarioRequest& scenario,
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
  std::vector<ChildResult> results;
  results.reserve(outputs.size());
  for (const std::string& output : outputs)
    results.push_back(result_of(output));
  return results;
}

}  // namespace cm::tools
