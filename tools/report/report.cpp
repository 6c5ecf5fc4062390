#include "tools/report/report.h"

#include "sim/diagnostics/errors.h"
#include "tools/files/json_file.h"
#include "tools/report/comparison/comparison_report.h"
#include "tools/report/file_shape.h"
#include "tools/report/run_report.h"
#include "tools/report/sweep/sweep_report.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <map>
#include <system_error>

namespace cm::tools {
namespace {

using sim::config::ReadingLog;

// One file that a page is made of, and how its schema begins.
struct Source {
  const char* file;
  const char* schema;
  void (*check)(const JsonFile& file);
  Page (*page)(const Json& root);
};

constexpr std::array<Source, 2> Sources{{
    {"result.json", "cmsim-result/1", check_result, run_page},
    {"comparison.json", "cmsim-comparison/1", check_comparison, comparison_page},
}};

Page page_of(const Source& source, const std::string& path)
{
  ReadingLog log;
  const JsonFile file(path, log);
  throw_if_any(log);
  if (file.text({"schema"}) != source.schema)
    file.complain({"schema"}, fmt::format("\"{}\"", source.schema));
  throw_if_any(log);
  source.check(file);
  throw_if_any(log);
  try {
    return source.page(file.root());
  } catch (const Json::exception& error) {
    throw ConfigError(fmt::format("{}:1:1: expected a file of schema {}, found another shape: {}", path, source.schema,
                                  error.what()));
  }
}

Page sweep_page_of(const std::string& folder)
{
  ReadingLog log;
  const SweepData data = read_sweep_data(folder, log);
  throw_if_any(log);
  try {
    return sweep_page(data);
  } catch (const Json::exception& error) {
    throw ConfigError(fmt::format(
        "{}/sweep.json:1:1: expected a sweep as cmsim sweep writes it, found another shape: {}", folder, error.what()));
  }
}

Page any_page(const std::string& folder)
{
  namespace fs = std::filesystem;
  std::error_code error;
  if (!fs::is_directory(folder, error))
    throw ConfigError(fmt::format("{}: expected a folder with results, found {}", folder,
                                  fs::exists(folder, error) ? "something else" : "nothing"));
  for (const Source& source : Sources)
    if (const std::string path = folder + "/" + source.file; fs::exists(path, error))
      return page_of(source, path);
  if (fs::exists(folder + "/sweep.json", error))
    return sweep_page_of(folder);
  throw ConfigError(fmt::format("{}: expected result.json (cmsim run --out), sweep.json (cmsim sweep --out) or "
                                "comparison.json (cmsim compare --out), found none of them",
                                folder));
}

// Two charts must not become one file.
void name_apart(Page& page)
{
  std::map<std::string, int> seen;
  for (PageSection& section : page.sections)
    for (PageBlock& block : section.blocks)
      if (Chart* chart = std::get_if<Chart>(&block))
        if (const int times = ++seen[chart->name]; times > 1)
          chart->name += fmt::format("-{}", times);
}

}  // namespace

Page read_page(const std::string& folder)
{
  Page page = any_page(folder);
  name_apart(page);
  return page;
}

}  // namespace cm::tools
