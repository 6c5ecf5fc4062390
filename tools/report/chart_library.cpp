#include "tools/report/chart_library.h"

#include "sim/diagnostics/errors.h"
#include "tools/runner/child_process.h"

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
std::string build(const ChartFolders& folders)
{
  const std::string script = folders.sources + "/build";
  std::error_code error;
  if (!fs::is_regular_file(script, error))
    return fmt::format("{} is missing", script);
  const ChildOutcome outcome = run_child({"bash", script, folders.built});
  if (outcome.status == 0)
    return {};
  return "what draws charts comes with npm and could not be had. With Debian: apt-get install nodejs npm; then call "
         "cmsim report again. By hand: " +
         script + " " + folders.built;
}

}  // namespace

ChartLibrary chart_library(const ChartFolders& folders)
{
  if (std::string code = content_of(fs::path(folders.sources) / "charts.js"); !code.empty())
    return {std::move(code), {}};
  if (std::string missing = build(folders); !missing.empty())
    return {{}, std::move(missing)};
  return {content_of(fs::path(folders.built) / "charts.js"), {}};
}

std::vector<std::string> draw_files(const ChartFolders& folders, const std::string& kind, const std::string& folder)
{
  if (const std::string missing = build(folders); !missing.empty())
    throw ConfigError(missing);
  const ChildOutcome outcome = run_child({"node", folders.built + "/export.js", kind, folder});
  if (outcome.status != 0)
    throw ConfigError(
        fmt::format("--{}: node could not draw the charts of {} (status {})", kind, folder, outcome.status));
  std::vector<std::string> files;
  std::istringstream lines(outcome.output);
  for (std::string line; std::getline(lines, line);)
    files.push_back(line);
  return files;
}

}  // namespace cm::tools
