#include "tools/program/report_command.h"

#include "sim/diagnostics/errors.h"
#include "sim/metrics/write_file.h"
#include "tools/command_line/cache_folder.h"
#include "tools/command_line/standard_streams.h"
#include "tools/report/chart_library.h"
#include "tools/report/html.h"
#include "tools/report/report.h"
#include "tools/shipped/located_file.h"
#include "tools/terminal/standard_error.h"
#include "tools/terminal/terminal_progress.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string_view>
#include <system_error>
#include <vector>

namespace cm::tools {
namespace {

namespace fs = std::filesystem;

constexpr int MissingPackage = 3;

struct ReportOptions {
  std::string folder;
  bool with_svg = false;
  bool with_png = false;
  bool with_specifications = false;
  std::string config_root;
};

// In the source tree the bundle lies in build/; an installed program keeps it in the user's cache.
ChartFolders chart_folders(const std::string& config_root)
{
  const fs::path root = fs::absolute(config_root).lexically_normal().parent_path();
  const fs::path sources = root / "tools/report/charts";
  std::error_code error;
  if (fs::exists(sources / "package.json", error))
    return {sources.string(), (root / "build/charts").string()};
  const fs::path cache = cache_folder();
  const fs::path place = cache.empty() ? fs::temp_directory_path() / "cmsim" : cache;
  return {(root / "report/charts").string(), (place / "charts").string()};
}

std::vector<std::string> write_specifications(const std::string& folder, const Page& page)
{
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    throw ConfigError(fmt::format("{}: cannot create it: {}", folder, error.message()));
  // Files of an earlier report would pass for this one's.
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error))
    if (entry.path().string().ends_with(".vl.json"))
      fs::remove(entry.path(), error);
  std::vector<std::string> files;
  for (const Chart& chart : page.charts()) {
    Json specification = chart.specification;
    specification["description"] = chart.sentence;
    files.push_back(folder + "/" + chart.name + ".vl.json");
    sim::metrics::write_whole(files.back(), specification.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
  }
  return files;
}

ChartLibrary library_with_progress(const ChartFolders& charts)
{
  // Its line is erased before anything else is printed.
  TerminalProgress progress;
  return chart_library(charts, progress);
}

int report(const ReportOptions& options)
{
  if (const std::string mistaken = mistaken_for(options.folder, options.config_root); !mistaken.empty())
    throw ConfigError(
        fmt::format("{}:1:1: expected what run, sweep or compare wrote with --out, {}", options.folder, mistaken));
  std::string folder = options.folder;
  while (folder.size() > 1 && folder.ends_with('/'))
    folder.pop_back();
  const Page page = read_page(folder);
  const ChartFolders charts = chart_folders(options.config_root);
  const ChartLibrary library = library_with_progress(charts);
  const std::string path = folder + "/report.html";
  sim::metrics::write_whole(path, html(page, library.code, library.missing));
  std::vector<std::string> written{path};
  if (options.with_specifications || options.with_svg || options.with_png) {
    const std::vector<std::string> files = write_specifications(folder + "/charts", page);
    written.insert(written.end(), files.begin(), files.end());
  }
  if (library.code.empty()) {
    tell(fmt::format("cmsim report: {} has tables and no charts: {}", path, library.missing));
  } else {
    for (const auto& [is_wanted, kind] : {std::pair(options.with_svg, "svg"), std::pair(options.with_png, "png")})
      if (is_wanted) {
        TerminalProgress progress;
        const std::vector<std::string> files = draw_files(charts, kind, folder + "/charts", progress);
        written.insert(written.end(), files.begin(), files.end());
      }
  }
  std::string text;
  for (const std::string& file : written)
    text += fmt::format("written: {}\n", file);
  print(text);
  return library.code.empty() ? MissingPackage : 0;
}

}  // namespace

void add_report_command(CLI::App& program, const std::string& config_root, int& status)
{
  // Owned by the callback below, which lives as long as the command.
  const auto options = std::make_shared<ReportOptions>();
  options->config_root = config_root;
  CLI::App& command = *program.add_subcommand("report", "write a page with tables and charts of results");
  command
      .add_option("folder", options->folder,
                  "what run, sweep or compare wrote with --out; report.html is written there")
      ->required()
      ->type_name("DIR");
  command.add_flag("--svg", options->with_svg, "write DIR/charts/*.svg too, for slides");
  command.add_flag("--png", options->with_png, "write DIR/charts/*.png too, for slides");
  command.add_flag("--specs", options->with_specifications, "write DIR/charts/*.vl.json too: the charts as Vega-Lite");
  command.add_option("--configs", options->config_root, "folder beside which tools/report/charts lies")
      ->type_name("DIR");
  command.footer("What draws the charts comes with npm, once (apt-get install nodejs npm). Without it the page\n"
                 "has its tables, the command says what is missing, and its status is 3.\n"
                 "\nExamples:\n  cmsim report results/ep-by-planes\n  cmsim report results/decode --png");
  command.callback([options, &status] { status = report(*options); });
}

}  // namespace cm::tools
