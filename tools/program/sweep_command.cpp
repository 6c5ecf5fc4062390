#include "tools/program/sweep_command.h"

#include "sim/diagnostics/errors.h"
#include "tools/command_line/command_line.h"
#include "tools/command_line/standard_streams.h"
#include "tools/report/sweep/sweep_data.h"
#include "tools/results/pareto.h"
#include "tools/shipped/located_file.h"
#include "tools/slurm/slurm_executor.h"
#include "tools/slurm/slurm_queue.h"
#include "tools/sweep/executor_table.h"
#include "tools/sweep/sweep.h"
#include "tools/sweep_points/local_executor.h"
#include "tools/terminal/standard_error.h"
#include "tools/terminal/table_text.h"
#include "tools/terminal/terminal_progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <ranges>
#include <string_view>
#include <system_error>

namespace cm::tools {
namespace {

constexpr std::size_t MostReasonsShown = 10;
constexpr int PointFailed = 1;
constexpr int EndedBySignal = 128;

struct SweepOptions {
  SweepRequest request;
  std::string task;  // of a process that Slurm started: what was handed over
};

SweepOutcome sweep_with_progress(const SweepRequest& request)
{
  // Its line is erased before anything else is printed.
  TerminalProgress progress;
  SweepRequest telling = request;
  telling.execution.notice = [](const std::string& text) { tell("cmsim sweep: " + text); };
  return run_sweep(telling, progress);
}

// The reasons of one status, each once, with the first point that has it.
std::string reasons(const SweepOutcome& outcome, PointStatus status)
{
  std::vector<std::string> told;
  std::string text;
  for (const UndonePoint& point : outcome.undone) {
    if (point.status != status || std::ranges::find(told, point.reason) != told.end())
      continue;
    if (told.size() == MostReasonsShown)
      return text + "  ...\n";
    told.push_back(point.reason);
    text += wrapped(fmt::format("  point {} ({}):", point.number, point.title), " " + point.reason, 4);
  }
  return text;
}

// Reasons against ranking the points that are done.
std::string doubts(const SweepOutcome& outcome)
{
  const PointCounts& counts = outcome.counts;
  std::string text;
  if (counts.unsteady > 0)
    text += fmt::format("{:<12}  {:>2} of {} finished points: latencies and rates depend on the length of the run\n",
                        "NOT STEADY", counts.unsteady, counts.done);
  for (const UnsteadyPoint& point : outcome.unsteady | std::views::take(MostReasonsShown))
    text += wrapped(fmt::format("  point {} ({}):", point.number, point.title), " " + point.reason, 4);
  if (outcome.unsteady.size() > MostReasonsShown)
    text += fmt::format("  ... and {} more, column \"steady\"\n", outcome.unsteady.size() - MostReasonsShown);
  if (counts.missed_levels > 0)
    text +=
        fmt::format("{:<12}  {:>2} of {} finished points: fewer than {:g} % of the requests hold the service levels\n",
                    "SLO MISSED", counts.missed_levels, counts.done, 100 * UsualAttainment);
  if (counts.warned > 0)
    text += fmt::format("{:<12}  {:>2} of {} finished points have warnings, column \"warnings\"\n", "warned",
                        counts.warned, counts.done);
  return text;
}

// Notes of the points' results, each sentence once.
std::string notes_text(const SweepOutcome& outcome)
{
  if (outcome.notes.empty())
    return {};
  std::string text = "notes\n";
  for (const PointNote& note : outcome.notes | std::views::take(MostReasonsShown)) {
    const std::string where = note.points == 1 ? fmt::format("point {}", note.first)
                              : note.points == outcome.counts.done
                                  ? "all finished points"
                                  : fmt::format("{} of {} finished points", note.points, outcome.counts.done);
    text += wrapped(fmt::format("  {}:", where), " " + note.text, 4);
  }
  if (outcome.notes.size() > MostReasonsShown)
    text += fmt::format("  ... and {} more, in the points' files\n", outcome.notes.size() - MostReasonsShown);
  return text;
}

std::string summary(const SweepRequest& request, const SweepOutcome& outcome)
{
  const PointCounts& counts = outcome.counts;
  std::string text = fmt::format("sweep of {}: {} points", request.execution.called(), outcome.points);
  text += outcome.kept > 0 ? fmt::format(", {} of them from earlier calls\n\n", outcome.kept) : "\n\n";
  text += fmt::format("{:<8}  {:>6}\n", "done", counts.done);
  text += doubts(outcome);
  text += fmt::format("{:<8}  {:>6}  by their model\n", "refused", counts.refused);
  text += reasons(outcome, PointStatus::Refused);
  text += fmt::format("{:<8}  {:>6}\n", "failed", counts.failed);
  text += reasons(outcome, PointStatus::Failed);
  if (counts.all() < outcome.points)
    text += fmt::format("{:<8}  {:>6}  --resume runs them\n", "missing", outcome.points - counts.all());
  text += notes_text(outcome);
  for (const std::string& file : outcome.files)
    text += fmt::format("{}{}\n", file == outcome.files.front() ? "\n" : "", file);
  return text;
}

// Speed for a user against work of an NPU, where the sweep has both.
std::string pareto_text(const std::string& folder)
{
  sim::config::ReadingLog log;
  const std::vector<ParetoPoint> designs = user_against_npu(read_sweep_data(folder, log).points);
  const std::string plot = pareto_plot(designs, UserAgainstNpu, output_takes_colour());
  return plot.empty() ? plot : "\n" + plot;
}

// Slurm says which task of the array this process is.
std::size_t slurm_task()
{
  const char* const text = std::getenv("SLURM_ARRAY_TASK_ID");
  const std::string_view number = text == nullptr ? "" : text;
  std::size_t task = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), task);
  if (number.empty() || error != std::errc() || end != number.data() + number.size())
    throw ConfigError(fmt::format("--slurm-task: expected a number in SLURM_ARRAY_TASK_ID, found \"{}\"", number));
  return task;
}

void sweep(SweepOptions& options, int& status)
{
  SweepRequest& request = options.request;
  const LocatedFile file = locate(request.execution.sweep, FileKind::Sweep, request.execution.config_root);
  request.execution.sweep = file.path;
  request.execution.name = file.name;
  if (!options.task.empty()) {
    const int signal = run_slurm_task(request.execution, request.out, options.task, slurm_task());
    status = signal == 0 ? 0 : EndedBySignal + signal;
    return;
  }
  require_usable(request.execution.slurm.arguments);
  const SweepOutcome outcome = sweep_with_progress(request);
  print(summary(request, outcome) + pareto_text(request.out));
  if (outcome.stop_signal != 0)
    status = EndedBySignal + outcome.stop_signal;
  else if (outcome.counts.failed > 0)
    status = PointFailed;
}

std::vector<std::string> executor_names()
{
  std::vector<std::string> names;
  for (const ExecutorKind& kind : executor_table())
    names.emplace_back(kind.name);
  return names;
}

std::string footer()
{
  std::string text = "Executors:\n";
  for (const ExecutorKind& kind : executor_table())
    text += fmt::format("  {:<10}  {}\n", kind.name, kind.sentence);
  return text + "\nExamples:\n  cmsim sweep ep-by-planes --out results/ep-by-planes\n"
                "  cmsim sweep ep-by-planes --set workload.tokens_per_rank=64 --out results/64";
}

void add_slurm_options(CLI::App& command, SweepOptions& options)
{
  SlurmOptions& slurm = options.request.execution.slurm;
  const std::string group = "Options of --executor slurm";
  command.add_option("--chunk", slurm.chunk, "points of one array task; without it as many as make a hundred tasks")
      ->type_name("N")
      ->check(CLI::Range(1, 100000))
      ->group(group);
  command.add_option("--partition", slurm.partition, "where tasks run, instead of the default")
      ->type_name("NAME")
      ->group(group);
  command.add_option("--time", slurm.time, "limit of a task, as sbatch takes it: 30 or 1:30:00")
      ->type_name("TIME")
      ->group(group);
  command
      .add_option("--sbatch", slurm.arguments,
                  "one more option of sbatch, like --sbatch=--account=ours; as often as needed")
      ->type_name("OPTION")
      ->allow_extra_args(false)
      ->group(group);
  // Option that Slurm tasks are called with; not for people.
  command.add_option("--slurm-task", options.task)->group("");
}

}  // namespace

void add_sweep_command(CLI::App& program, const std::string& config_root, int& status)
{
  // Owned by the callback below, which lives as long as the command.
  const auto options = std::make_shared<SweepOptions>();
  SweepRequest& request = options->request;
  request.execution.config_root = config_root;
  request.execution.jobs = usable_cores();
  CLI::App& command = *program.add_subcommand("sweep", "simulate many points of one or several scenarios");
  command
      .add_option("sweep", request.execution.sweep, "a sweep's file, or the name of a shipped one (cmsim list sweeps)")
      ->required()
      ->type_name("SWEEP");
  add_set_option(command, request.execution.sets, "change one key of every scenario, unless an axis changes it");
  command.add_option("--out", request.out, "write DIR/results.csv and DIR/points/*.json")->required()->type_name("DIR");
  command.add_option("--jobs", request.execution.jobs, "points that run at a time on this computer")
      ->type_name("N")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command.add_flag("--resume", request.is_resumed, "keep the finished points of an earlier call in DIR");
  command.add_option("--executor", request.executor, "where points run")
      ->type_name("NAME")
      ->check(CLI::IsMember(executor_names()))
      ->capture_default_str();
  command.add_option("--configs", request.execution.config_root, "folder that holds scenarios/, machines/ and so on")
      ->type_name("DIR");
  add_slurm_options(command, *options);
  command.footer(footer());
  command.callback([options, &status] { sweep(*options, status); });
}

}  // namespace cm::tools
