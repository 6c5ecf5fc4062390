#include "tools/report/chart_library.h"

#include "sim/diagnostics/errors.h"
#include "tools/processes/system_command.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace cm::tools {
namespace {

namespace fs = std::filesystem;

std::string content_of(const fs::path& path)
{
  std::ifstream in(path, std::ios::binary);
  std::ostringstream content;
  content << in.rdbuf();
  return content.str();
}

// Empty when it was built.
std::string build(const ChartFolders& folders, sim::metrics::Progress& progress)
{
  const std::string script = folders.sources + "/build";
  std::error_code error;
  if (!fs::is_regular_file(script, error))
    return fmt::format("{} is missing", script);
  const CommandOutcome outcome = run_command({"bash", script, folders.built}, [&](const std::string& line) {
    progress.update(0, fmt::format("npm brings what draws the charts: {}", line));
  });
  if (outcome.status == 0)
    return {};
  return fmt::format("the chart library could not be installed with npm: {}. With Debian: apt-get install nodejs npm; "
                     "then call cmsim report again. By hand: {} {}",
                     reason_of(outcome), script, folders.built);
}

}  // namespace

ChartLibrary chart_library(const ChartFolders& folders, sim::metrics::Progress& progress)
{
  if (std::string code = content_of(fs::path(folders.sources) / "charts.js"); !code.empty())
    return {std::move(code), {}};
  if (std::string missing = build(folders, progress); !missing.empty())
    return {{}, std::move(missing)};
  return {content_of(fs::path(folders.built) / "charts.js"), {}};
}

std::vector<std::string> draw_files(const ChartFolders& folders, const std::string& kind, const std::string& folder,
                                    sim::metrics::Progress& progress)
{
  if (const std::string missing = build(folders, progress); !missing.empty())
    throw ConfigError(missing);
  const CommandOutcome outcome =
      run_command({"node", fs::absolute(folders.built + "/export.js").string(), kind, folder},
                  [&](const std::string& line) { progress.update(0, fmt::format("drawing {}: {}", kind, line)); });
  if (outcome.status != 0)
    throw ConfigError(fmt::format("--{}: node could not draw the charts of {}: {}", kind, folder, reason_of(outcome)));
  std::vector<std::string> files;
  std::istringstream lines(outcome.output);
  // Lines that packages print about themselves name no file.
  std::error_code ignored;
  for (std::string line; std::getline(lines, line);)
    if (line.ends_with("." + kind) && fs::is_regular_file(line, ignored))
      files.push_back(line);
  return files;
}

}  // namespace cm::tools
