#include "tools/program/sensitivity_command.h"

#include "tools/command_line/command_line.h"
#include "tools/command_line/standard_streams.h"
#include "tools/program/partial_result.h"
#include "tools/sensitivity/sensitivity.h"
#include "tools/sensitivity/tornado.h"
#include "tools/terminal/standard_error.h"
#include "tools/terminal/terminal_progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace cm::tools {
namespace {

struct SensitivityOptions {
  SensitivityRequest request;
  std::optional<std::string> out;
  std::string format = "table";
};

Sensitivity sensitivity_with_progress(const SensitivityRequest& request)
{
  // Its line is erased before anything else is printed.
  TerminalProgress progress;
  return sensitivity(request, progress);
}

void run(SensitivityOptions& options, int& status)
{
  locate_scenario(options.request.scenario);
  std::optional<OutputFolder> folder;
  if (options.out)
    folder.emplace(*options.out, "sensitivity", ResultMark::Sensitivity);
  std::optional<RunJournal> journal;
  if (folder)
    journal.emplace(folder->path());
  SensitivityRequest request = options.request;
  request.journal = journal ? &*journal : nullptr;
  const Sensitivity found = sensitivity_with_progress(request);
  tell_reused(request.journal);
  if (!found.has_nominal) {
    tell("cmsim sensitivity: stopped before the run as shipped was finished");
    status = found.shortfall.status();
    return;
  }
  const std::string json = tornado_json(found);
  std::string text = options.format == "json" ? json : tornado_table(found, request.journal);
  if (folder) {
    const std::vector<OutputFolder::File> files{{"sensitivity.json", json}};
    const std::vector<std::string> written = write_with_journal(*folder, files, *journal, found.is_whole());
    if (options.format == "table")
      text += fmt::format("\nwritten: {}\n", written.front());
  }
  print(text);
  status = found.shortfall.status();
}

}  // namespace

void add_sensitivity_command(CLI::App& program, const std::string& config_root, int& status)
{
  // Owned by the callback below, which lives as long as the command.
  const auto options = std::make_shared<SensitivityOptions>();
  options->request.scenario.config_root = config_root;
  options->request.jobs = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  CLI::App& command =
      *program.add_subcommand("sensitivity", "vary each uncertain number over its stated range, one at a time");
  add_scenario_options(command, options->request.scenario);
  add_seed_option(command, options->request.scenario);
  command
      .add_option("--metric", options->request.metric,
                  "the number of the result that is watched: a metric like tpot_ms, a statistic of a histogram like "
                  "ttft_p99_ms, or steady")
      ->required()
      ->type_name("METRIC");
  add_jobs_option(command, options->request.jobs);
  add_many_runs_folder(command, options->out, "sensitivity.json");
  add_format_option(command, options->format);
  command.footer("Exit status 130: interrupted; 2 or 3: a run failed. What is known is printed all the same.\n\n"
                 "Example:\n  cmsim sensitivity decode-ep320 --metric tpot_ms \\\n      --set workload.iterations=1");
  command.callback([options, &status] { run(*options, status); });
}

}  // namespace cm::tools
