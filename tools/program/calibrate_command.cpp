#include "tools/program/calibrate_command.h"

#include "tools/calibrate/calibration_report.h"
#include "tools/command_line/command_line.h"
#include "tools/command_line/standard_streams.h"
#include "tools/files/output_folder.h"
#include "tools/program/partial_result.h"
#include "tools/shipped/located_file.h"
#include "tools/terminal/terminal_progress.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace cm::tools {
namespace {

struct CalibrateOptions {
  std::string path;
  CalibrationRuns runs;
  std::optional<std::string> out;
  std::string format = "table";
};

CalibrationOutcome calibrate_with_progress(const Calibration& calibration, const CalibrationRuns& runs)
{
  // Its line is erased before anything else is printed.
  TerminalProgress progress;
  return calibrate(calibration, runs, progress);
}

constexpr int NotAFit = 1;

void run(CalibrateOptions& options, int& status)
{
  options.path = locate(options.path, FileKind::Calibration, options.runs.config_root).path;
  auto folder = options.out ? std::make_optional<OutputFolder>(*options.out, "calibration") : std::nullopt;
  auto journal = folder ? std::make_optional<RunJournal>(folder->path()) : std::nullopt;
  const Calibration calibration = read_calibration(options.path, options.runs.config_root);
  require_written_numbers(calibration);
  CalibrationRuns runs = options.runs;
  runs.journal = journal ? &*journal : nullptr;
  const CalibrationOutcome outcome = calibrate_with_progress(calibration, runs);
  tell_reused(runs.journal);
  const std::string json = to_json(calibration_result(options.path, outcome));
  std::string table = calibration_table(calibration, outcome, runs.journal);
  // Numbers on the way to a fit are no result: the journal alone stays.
  if (folder && !outcome.shortfall.is_there()) {
    std::vector<OutputFolder::File> files = calibrated_files(options.path, calibration, outcome);
    files.insert(files.begin(), {"result.json", json});
    for (const std::string& file : write_with_journal(*folder, files, *journal, true))
      table += "wrote " + file + "\n";
  }
  print(options.format == "json" ? json : table);
  if (outcome.shortfall.is_there())
    status = outcome.shortfall.status();
  else if (!problems_of(outcome).empty())
    status = NotAFit;
}

}  // namespace

void add_calibrate_command(CLI::App& program, const std::string& config_root, int& status)
{
  // Owned by the callback below, which lives as long as the command.
  const auto options = std::make_shared<CalibrateOptions>();
  options->runs.config_root = config_root;
  options->runs.jobs = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  CLI::App& command = *program.add_subcommand("calibrate", "fit parameters to published rows");
  command
      .add_option("calibration", options->path,
                  "calibration file, or the name of a shipped one (cmsim list calibrations)")
      ->required()
      ->type_name("CALIBRATION");
  add_jobs_option(command, options->runs.jobs);
  add_many_runs_folder(command, options->out, "result.json and the files with the fitted numbers");
  add_format_option(command, options->format);
  command
      .add_option("--configs", options->runs.config_root, "folder that holds machines/, models/, parts/ and scenarios/")
      ->type_name("DIR");
  command.footer(
      "Exit status 1: a parameter ends at a bound or is left open, or a fitted row is missed by more than its\n"
      "tolerance. 130: interrupted; 2 or 3: a run failed. What is known is printed all the same.\n\nExample:\n  cmsim "
      "calibrate p2p --out results/p2p");
  command.callback([options, &status] { run(*options, status); });
}

}  // namespace cm::tools
