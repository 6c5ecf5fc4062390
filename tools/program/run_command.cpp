#include "tools/program/run_command.h"

#include "tools/program/command_line.h"
#include "tools/program/terminal.h"
#include "tools/runner/output_folder.h"
#include "tools/runner/result_table.h"
#include "tools/runner/run.h"
#include "tools/runner/run_log.h"
#include "tools/runner/terminal_progress.h"
#include "tools/runner/workload_table.h"

#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <optional>

namespace cm::tools {
namespace {

struct RunOptions {
  ScenarioRequest scenario;
  std::optional<std::string> out;
  std::string format = "table";
};

FinishedRun run_with_progress(const ScenarioRequest& request)
{
  // Its line is erased before anything else is printed.
  TerminalProgress progress;
  return run_scenario(request, progress);
}

void run(const RunOptions& options)
{
  const auto started = std::chrono::system_clock::now();
  const auto folder = options.out ? std::make_optional<OutputFolder>(*options.out) : std::nullopt;
  const FinishedRun run = run_with_progress(options.scenario);
  const std::string json = to_json(run.result);
  TablePrinting printing{.is_coloured = output_takes_colour(), .files = {}};
  if (folder) {
    printing.files = folder->write({{"result.json", json}, {"run.log", run_log(started, options.scenario.path)}});
  }
  print(options.format == "json" ? json : result_table(run, printing));
}

std::string footer()
{
  std::string text = "Workloads:\n";
  for (const WorkloadKind& kind : workload_table())
    text += fmt::format("  {:<10}  {}\n", kind.name, kind.sentence);
  return text + "\nExample:\n  cmsim run configs/scenarios/ep.yaml --set workload.ep=32 --out results/ep32";
}

}  // namespace

void add_run_command(CLI::App& program, const std::string& config_root)
{
  // Owned by the callback below, which lives as long as the command.
  const auto options = std::make_shared<RunOptions>();
  options->scenario.config_root = config_root;
  CLI::App& command = *program.add_subcommand("run", "simulate one scenario");
  add_scenario_options(command, options->scenario);
  add_seed_option(command, options->scenario);
  command.add_option("--out", options->out, "write DIR/result.json and DIR/run.log; without it nothing is written")
      ->type_name("DIR");
  command.add_option("--format", options->format, "what is printed: table or json")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  command.footer(footer());
  command.callback([options] { run(*options); });
}

}  // namespace cm::tools
