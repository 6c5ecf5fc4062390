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
  ChildRun run{.origin = origin_of(scenario, settings),
               .title = std::move(title),
               .scenario = scenario.path,
               .config_root = scenario.config_root,
               .seed = scenario.seed,
               .settings = {},
               .sets = scenario.sets};
  // A range that the command line states is of a number that it sets: another value of it comes after that.
  for (const PlacedSetting& setting : settings)
    if (setting.place.file.starts_with("--set"))
      run.sets.push_back(setting.text);
    else
      run.settings.push_back(setting);
  return run;
}

}  // namespace cm::tools
