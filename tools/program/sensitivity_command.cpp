#include "tools/program/sensitivity_command.h"

#include "tools/program/command_line.h"
#include "tools/program/terminal.h"
#include "tools/runner/terminal_progress.h"
#include "tools/sensitivity/sensitivity.h"
#include "tools/sensitivity/tornado.h"

#include <algorithm>
#include <memory>
#include <thread>

namespace cm::tools {
namespace {

struct SensitivityOptions {
  SensitivityRequest request;
  std::string format = "table";
};

Sensitivity sensitivity_with_progress(const SensitivityRequest& request)
{
  // Its line is erased before anything else is printed.
  TerminalProgress progress;
  return sensitivity(request, progress);
}

void run(SensitivityOptions& options)
{
  locate_scenario(options.request.scenario);
  const Sensitivity found = sensitivity_with_progress(options.request);
  print(options.format == "json" ? tornado_json(found) : tornado_table(found));
}

}  // namespace

void add_sensitivity_command(CLI::App& program, const std::string& config_root)
{
  // Owned by the callback below, which lives as long as the command.
  const auto options = std::make_shared<SensitivityOptions>();
  options->request.scenario.config_root = config_root;
  options->request.jobs = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  CLI::App& command =
      *program.add_subcommand("sensitivity", "vary each uncertain number over its stated range, one at a time");
  add_scenario_options(command, options->request.scenario);
  add_seed_option(command, options->request.scenario);
  command.add_option("--metric", options->request.metric, "the metric that is watched, like tpot_ms")
      ->required()
      ->type_name("METRIC");
  add_jobs_option(command, options->request.jobs);
  add_format_option(command, options->format);
  command.footer("Example:\n  cmsim sensitivity decode-ep320 --metric tpot_ms \\\n      --set workload.iterations=1");
  command.callback([options] { run(*options); });
}

}  // namespace cm::tools
