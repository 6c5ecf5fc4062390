#include "tools/program/run_command.h"

#include "models/collectives/collective_table.h"
#include "sim/diagnostics/errors.h"
#include "sim/timeline/gzip.h"
#include "sim/timeline/trace_json.h"
#include "tools/answer/result_screen.h"
#include "tools/answer/result_table.h"
#include "tools/capacity/capacity_run.h"
#include "tools/command_line/cache_folder.h"
#include "tools/command_line/command_line.h"
#include "tools/command_line/standard_streams.h"
#include "tools/files/output_folder.h"
#include "tools/processes/progress_report.h"
#include "tools/program/partial_result.h"
#include "tools/runner/repeated_run.h"
#include "tools/runner/run.h"
#include "tools/runner/run_inputs.h"
#include "tools/runner/run_log.h"
#include "tools/sensitivity/uncertainty.h"
#include "tools/sensitivity/what_if_free.h"
#include "tools/shipped/located_file.h"
#include "tools/terminal/shell_words.h"
#include "tools/terminal/standard_error.h"
#include "tools/terminal/terminal_progress.h"
#include "tools/workload_kinds/workload_table.h"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace cm::tools {
namespace {

struct RunOptions {
  ScenarioRequest scenario;
  std::optional<std::string> out;
  std::string format = "table";
  bool with_timeline = false;
  int uncertainty = 0;  // samples; 0: none
  bool what_if_free = false;
  std::optional<std::string> capacity;  // service levels to look for the highest rate of
  bool is_verbose = false;
  std::optional<int> report;  // descriptor that takes the progress of a run for another cmsim
};

// Log of the steps and their times, on standard error, for --verbose. Local: a logger of its own and no registry.
spdlog::logger step_log(bool is_verbose)
{
  spdlog::logger log("cmsim", std::make_shared<spdlog::sinks::stderr_color_sink_st>());
  log.set_pattern("[%H:%M:%S.%e] %v");
  log.set_level(is_verbose ? spdlog::level::info : spdlog::level::off);
  return log;
}

// A run for another cmsim tells it how far it has come, and not its standard error, which are its words.
std::unique_ptr<sim::metrics::Progress> progress_of(const RunOptions& options)
{
  if (options.report)
    return std::make_unique<ProgressReport>(*options.report);
  return std::make_unique<TerminalProgress>();
}

// Empty when a search for the capacity did not come to its end: what is known of it is printed then.
std::optional<FinishedRun> run_with_progress(const RunOptions& options, sim::timeline::Timeline* timeline,
                                             RunJournal* journal, int& status)
{
  // Its line is erased before anything else is printed.
  auto progress = progress_of(options);
  if (!options.capacity)
    return run_scenario(options.scenario, *progress, timeline);
  const ServiceLevels levels = parse_service_levels(*options.capacity);
  CapacityRun found = run_at_capacity(options.scenario, levels, *progress, timeline, journal);
  progress.reset();
  if (!found.run) {
    const std::string known = unfinished_table(found.capacity, levels, journal);
    // Who reads JSON finds none rather than a table.
    if (options.format == "json")
      tell(known);
    else
      print(known);
    status = found.capacity.shortfall.status();
  }
  return std::move(found.run);
}

// The samples that are missing.
Shortfall add_uncertainty(const RunOptions& options, RunJournal* journal, sim::metrics::Result& result)
{
  if (options.uncertainty == 0)
    return {};
  TerminalProgress progress;
  const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  const UncertaintyRequest request{
      .scenario = options.scenario, .samples = options.uncertainty, .jobs = cores, .journal = journal};
  Uncertainty found = uncertainty(request, result, progress);
  result.tables.push_back(std::move(found.table));
  if (found.shortfall.is_there())
    result.warnings.push_back("the table uncertainty is PARTIAL: " + partial_sentence(found.shortfall, found.runs));
  return found.shortfall;
}

// The runs that are missing. What was asked for comes first among the tables.
Shortfall add_what_if_free(const RunOptions& options, RunJournal* journal, sim::metrics::Result& result)
{
  if (!options.what_if_free)
    return {};
  TerminalProgress progress;
  const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  FreedRuns found =
      what_if_free({.scenario = options.scenario, .seed = result.manifest.seed, .jobs = cores, .journal = journal},
                   result, progress);
  result.tables.insert(result.tables.begin(), std::move(found.table));
  if (found.shortfall.is_there())
    result.warnings.push_back("the table what_if_free is PARTIAL: " + partial_sentence(found.shortfall, found.runs));
  return found.shortfall;
}

// Adds the tables of all further runs that are asked for. Whether all runs are there; the status is that of those that
// are not.
bool add_further_runs(const RunOptions& options, RunJournal* journal, sim::metrics::Result& result, int& status)
{
  const Shortfall samples = add_uncertainty(options, journal, result);
  // Who asks to stop wants no other runs instead.
  if (samples.stop_signal != 0) {
    if (options.what_if_free)
      result.warnings.emplace_back("the table what_if_free is missing: the command was stopped before its runs began");
    status = samples.status();
    return false;
  }
  const Shortfall freed = add_what_if_free(options, journal, result);
  // A signal has the largest status, then a crash.
  status = std::max(samples.status(), freed.status());
  return !samples.is_there() && !freed.is_there();
}

// Files that a scenario asks to write have no place without a folder. Users who ask for JSON read the result: samples
// of this program's own among them.
void require_no_files(const ScenarioRequest& scenario)
{
  const ResolvedScenario resolved = load_scenario(scenario);
  const sim::config::Value* asked = resolved.workload ? resolved.workload->find("requests_csv") : nullptr;
  if (asked != nullptr && asked->text == "true")
    throw ConfigError(
        fmt::format("{}: workload.requests_csv: expected --out DIR too, where requests.csv is written, or false",
                    to_text(asked->position)));
}

// Options that repeat a run: those that were typed are laid over those that made the result.
RunOptions repeated(const RunOptions& typed, const RepeatedRun& run)
{
  RunOptions options = typed;
  options.scenario.path = run.scenario;
  // A folder of that name, such as that of the result, is not what was run.
  if (std::error_code error; !std::filesystem::is_regular_file(run.scenario, error))
    if (const auto shipped = find_shipped(run.scenario, FileKind::Scenario, typed.scenario.config_root)) {
      options.scenario.path = shipped->path;
      options.scenario.name = shipped->name;
    }
  options.scenario.sets = run.sets;
  options.scenario.seed = run.seed;
  // Before what was typed is laid over it: other files that somebody asks for are no change of these.
  const std::vector<std::string> changes = changes_since(run, options.scenario);
  options.scenario.sets.insert(options.scenario.sets.end(), typed.scenario.sets.begin(), typed.scenario.sets.end());
  options.scenario.seed = typed.scenario.seed.value_or(run.seed);
  if (typed.uncertainty == 0 && !typed.capacity && !typed.what_if_free) {
    options.uncertainty = run.uncertainty;
    options.what_if_free = run.what_if_free;
    options.capacity = run.capacity;
  }
  for (const std::string& change : changes)
    tell(fmt::format("cmsim run: warning: {}: {}; numbers may differ", run.file, change));
  return options;
}

// The command that makes the result again, with what this command does beyond a lone run.
void tell_command(const RunOptions& options, sim::metrics::Manifest& manifest)
{
  if (!manifest.inputs || (options.uncertainty == 0 && !options.capacity && !options.what_if_free))
    return;
  std::vector<std::string> words = repeating_command(options.scenario.called(), options.scenario.sets, manifest.seed);
  if (options.uncertainty > 0)
    words.insert(words.end(), {"--uncertainty", fmt::format("{}", options.uncertainty)});
  if (options.capacity)
    words.insert(words.end(), {"--find-capacity", *options.capacity});
  if (options.what_if_free)
    words.emplace_back("--what-if-free");
  manifest.inputs->command = shell_text(words);
}

void run(const RunOptions& typed, int& status)
{
  const auto earlier = find_repeated_run(typed.scenario.path);
  RunOptions options = earlier ? repeated(typed, *earlier) : typed;
  if (!earlier)
    locate_scenario(options.scenario);
  if (options.with_timeline && !options.out)
    throw ConfigError("--timeline: expected --out DIR too, where timeline.json.gz is written");
  if (!options.out && options.format == "table")
    require_no_files(options.scenario);
  // Before anything runs: a scenario without such parts is refused at once.
  if (options.what_if_free)
    free_runs(options.scenario);
  const auto started = std::chrono::system_clock::now();
  auto folder = options.out ? std::make_optional<OutputFolder>(*options.out, "run") : std::nullopt;
  spdlog::logger log = step_log(options.is_verbose);
  log.info("reading {}", options.scenario.path);
  sim::timeline::Timeline timeline;
  const bool has_many = options.uncertainty > 0 || options.what_if_free || options.capacity;
  auto journal = folder && has_many ? std::make_optional<RunJournal>(folder->path()) : std::nullopt;
  RunJournal* const kept = journal ? &*journal : nullptr;
  auto finished = run_with_progress(options, options.with_timeline ? &timeline : nullptr, kept, status);
  if (!finished)
    return;
  FinishedRun& run = *finished;
  const auto simulated = std::chrono::system_clock::now();
  log.info("simulated a {} in {:.2f} s", run.title.workload,
           std::chrono::duration<double>(simulated - started).count());
  const bool is_whole = add_further_runs(options, kept, run.result, status);
  tell_reused(kept);
  tell_command(options, run.result.manifest);
  const std::string json = to_json(run.result);
  std::vector<std::string> written;
  if (folder) {
    std::vector<OutputFolder::File> files{{"result.json", json}, {"run.log", run_log(started, options.scenario.path)}};
    if (options.with_timeline)
      files.push_back({"timeline.json.gz", sim::timeline::gzip(to_trace_json(timeline))});
    for (const auto& [name, content] : run.result.files)
      files.push_back({name, content});
    written = journal ? write_with_journal(*folder, files, *journal, is_whole) : folder->write(files);
  }
  for (const std::string& file : written)
    log.info("wrote {}", file);
  const TextStyle style{.is_coloured = output_takes_colour(), .width = output_width()};
  if (options.format == "json")
    print(json);
  else
    print(options.is_verbose ? result_table(run, style, written) : result_screen(run, style, written));
}

std::string footer()
{
  std::string text = "Workloads:\n";
  for (const WorkloadKind& kind : workload_table())
    text += fmt::format("  {:<10}  {}\n", kind.name, kind.sentence);
  text += "\nOperations of collective:\n";
  for (const models::OperationRow& row : models::operation_table())
    text += fmt::format("  {:<14}  {}\n", row.name, row.sentence);
  text += "\nAlgorithms of collective:\n";
  for (const models::Algorithm& row : models::collective_table())
    text += fmt::format("  {:<14}  {}\n", row.name, row.sentence);
  return text + "\nExample:\n  cmsim run ep --set workload.ep=32 --out results/ep32";
}

}  // namespace

void add_run_command(CLI::App& program, const std::string& config_root, int& status)
{
  // Owned by the callback below, which lives as long as the command.
  const auto options = std::make_shared<RunOptions>();
  options->scenario.config_root = config_root;
  options->scenario.cache_root = cache_folder();
  CLI::App& command = *program.add_subcommand("run", "simulate one scenario");
  add_scenario_options(command, options->scenario);
  command.get_option("scenario")
      ->description(
          "a scenario's file, the name of a shipped one (cmsim list scenarios), or the folder of a result to repeat");
  add_seed_option(command, options->scenario);
  add_placed_settings(command, options->scenario);
  // Not for people, as the one before.
  command.add_option("--progress-to", options->report)->group("");
  command.add_option("--out", options->out, "write DIR/result.json and DIR/run.log; without it nothing is written")
      ->type_name("DIR");
  add_format_option(command, options->format);
  command.add_flag(
      "--timeline", options->with_timeline,
      "write DIR/timeline.json.gz too: what some ranks did when, for ui.perfetto.dev (ep, decode, serving)");
  CLI::Option* const uncertainty =
      command
          .add_option("--uncertainty", options->uncertainty,
                      "run N times more with all uncertain numbers drawn from their stated ranges; 90 % intervals")
          ->type_name("N")
          ->check(CLI::Range(2, 100000));
  CLI::Option* const what_if_free = command.add_flag(
      "--what-if-free", options->what_if_free,
      "run again with the network, the experts, the host and queues in the network taking no time, one "
      "at a time: how much each of them costs");
  command
      .add_option("--find-capacity", options->capacity,
                  "look for the highest arrival rate of a serving scenario that holds these levels, like "
                  "slo.ttft=2s,slo.tpot=50ms; share=99% instead of 90 % of the requests")
      ->type_name("LEVELS")
      ->excludes(uncertainty)
      ->excludes(what_if_free);
  command.add_flag("-v,--verbose", options->is_verbose,
                   "print every number with its meaning, and say on standard error what happens when");
  command.footer(footer());
  command.callback([options, &status] { run(*options, status); });
}

}  // namespace cm::tools
