#include "tools/sensitivity/varied_run.h"

#include <fmt/format.h>

#include <utility>

namespace cm::tools {
namespace {

// The range that an end of was tried; the scenario where nothing was.
std::string origin_of(const ScenarioRequest& scenario, const std::vector<PlacedSetting>& settings)
{
  if (settings.size() != 1)
    return fmt::format("{}:1:1", scenario.path);
  return fmt::format("{}: {}", to_text(settings.front().place), settings.front().text);
}

}  // namespace

ChildRun varied_run(const ScenarioRequest& scenario, const std::vector<PlacedSetting>& settings, std::string title)
{
  return {.origin = origin_of(scenario, settings),
          .title = std::move(title),
          .scenario = scenario.path,
          .config_root = scenario.config_root,
          .seed = scenario.seed,
          .settings = settings,
          .sets = scenario.sets};
}

}  // namespace cm::tools
