#include "tools/program/validate_command.h"

#include "sim/diagnostics/errors.h"
#include "tools/command_line/command_line.h"
#include "tools/command_line/standard_streams.h"
#include "tools/program/partial_result.h"
#include "tools/terminal/terminal_progress.h"
#include "tools/validate/validation_page.h"
#include "tools/validate/validation_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>
#include <thread>

namespace cm::tools {
namespace {

constexpr int RowOutside = 1;

struct ValidateOptions {
  ValidationRequest request;
  std::string config_root;
  std::string format = "table";
  bool writes = false;
  std::optional<std::string> out;
};

Validation validate_with_progress(const ValidationRequest& request)
{
  // Its line is erased before anything else is printed.
  TerminalProgress progress;
  return validate(request, progress);
}

void run(ValidateOptions& options, int& status)
{
  if (options.writes && (options.request.group || !options.request.sets.empty()))
    throw ConfigError("--write: expected neither --group nor --set beside it: the page shows every row as shipped");
  options.request.folders = ProjectFolders::beside(options.config_root);
  std::optional<OutputFolder> folder;
  if (options.out)
    folder.emplace(*options.out, "validation", ResultMark::Validation);
  auto journal = folder ? std::make_optional<RunJournal>(folder->path()) : std::nullopt;
  options.request.journal = journal ? &*journal : nullptr;
  const Validation validation = validate_with_progress(options.request);
  tell_reused(options.request.journal);
  const bool is_whole = !validation.shortfall.is_there();
  std::string written;
  if (options.writes && is_whole)
    for (const std::string& file : write_page(options.request.folders.docs, validation))
      written += fmt::format("written: {}\n", file);
  const std::string json = validation_json(validation);
  const std::string table = validation_table(validation, options.request.journal);
  if (folder)
    for (const std::string& file : write_with_journal(*folder, {{"validation.json", json}}, *journal, is_whole))
      written += fmt::format("written: {}\n", file);
  print(options.format == "json" ? json : table + written);
  if (!is_whole)
    status = validation.shortfall.status();
  else if (!validation.unexpected().empty())
    status = RowOutside;
}

std::string footer()
{
  std::string text = "Groups:\n";
  for (const GroupKind& kind : group_table())
    text += fmt::format("  {:<11}  {}\n", kind.name, kind.sentence);
  return text +
         "\nExit status 1: a row left its tolerance, or a known gap is gone; 130: interrupted; 2 or 3: a run failed.\n"
         "What is known is printed all the same.\n\n"
         "Example:\n  cmsim validate --group ep --set machine.ub.lane_bandwidth='14 GB/s'";
}

}  // namespace

void add_validate_command(CLI::App& program, const std::string& config_root, int& status)
{
  // Owned by the callback below, which lives as long as the command.
  const auto options = std::make_shared<ValidateOptions>();
  options->config_root = config_root;
  options->request.jobs = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  CLI::App& command = *program.add_subcommand("validate", "compare with published and measured rows");
  command.add_option("--group", options->request.group, "rows of this group only")->type_name("GROUP");
  command.add_option("--set", options->request.sets, "change a key in every run, to see which rows notice")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
  add_jobs_option(command, options->request.jobs);
  add_many_runs_folder(command, options->out, "validation.json");
  add_format_option(command, options->format);
  command.add_flag("--write", options->writes, "write the rows to docs/validation.md and their plot beside it");
  command
      .add_option("--configs", options->config_root,
                  "folder that holds machines/, models/, parts/ and scenarios/; rows and pages lie beside it")
      ->type_name("DIR");
  command.footer(footer());
  command.callback([options, &status] { run(*options, status); });
}

}  // namespace cm::tools
