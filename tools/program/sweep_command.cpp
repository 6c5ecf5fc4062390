#include "tools/program/sweep_command.h"

#include "tools/program/terminal.h"
#include "tools/runner/table_text.h"
#include "tools/runner/terminal_progress.h"
#include "tools/sweep/local_executor.h"
#include "tools/sweep/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <memory>

namespace cm::tools {
namespace {

constexpr std::size_t MostReasonsShown = 10;
constexpr int PointFailed = 1;
constexpr int EndedBySignal = 128;

SweepOutcome sweep_with_progress(const SweepRequest& request)
{
  // Its line is erased before anything else is printed.
  TerminalProgress progress;
  return run_sweep(request, progress, [](const std::string& text) { fmt::print(stderr, "cmsim sweep: {}\n", text); });
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

std::string summary(const SweepRequest& request, const SweepOutcome& outcome)
{
  const PointCounts& counts = outcome.counts;
  std::string text = fmt::format("sweep of {}: {} points", request.execution.sweep, outcome.points);
  text += outcome.kept > 0 ? fmt::format(", {} of them from earlier calls\n\n", outcome.kept) : "\n\n";
  text += fmt::format("{:<8}  {:>6}\n", "done", counts.done);
  text += fmt::format("{:<8}  {:>6}  by their model\n", "refused", counts.refused);
  text += reasons(outcome, PointStatus::Refused);
  text += fmt::format("{:<8}  {:>6}\n", "failed", counts.failed);
  text += reasons(outcome, PointStatus::Failed);
  if (counts.all() < outcome.points)
    text += fmt::format("{:<8}  {:>6}  --resume runs them\n", "missing", outcome.points - counts.all());
  for (const std::string& file : outcome.files)
    text += fmt::format("{}{}\n", file == outcome.files.front() ? "\n" : "", file);
  return text;
}

void sweep(const SweepRequest& request, int& status)
{
  const SweepOutcome outcome = sweep_with_progress(request);
  print(summary(request, outcome));
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
  return text + "\nExample:\n  cmsim sweep configs/sweeps/ep-by-planes.yaml --out results/ep-by-planes";
}

}  // namespace

void add_sweep_command(CLI::App& program, const std::string& config_root, int& status)
{
  // Owned by the callback below, which lives as long as the command.
  const auto request = std::make_shared<SweepRequest>();
  request->execution.config_root = config_root;
  request->execution.jobs = usable_cores();
  CLI::App& command = *program.add_subcommand("sweep", "simulate many points of one or several scenarios");
  command.add_option("sweep", request->execution.sweep, "the sweep's file")->required()->type_name("SWEEP.yaml");
  command.add_option("--out", request->out, "write DIR/results.csv and DIR/points/*.json")
      ->required()
      ->type_name("DIR");
  command.add_option("--jobs", request->execution.jobs, "points that run at a time on this computer")
      ->type_name("N")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command.add_flag("--resume", request->is_resumed, "keep the finished points of an earlier call in DIR");
  command.add_option("--executor", request->executor, "where points run")
      ->type_name("NAME")
      ->check(CLI::IsMember(executor_names()))
      ->capture_default_str();
  command.add_option("--configs", request->execution.config_root, "folder that holds scenarios/, machines/ and so on")
      ->type_name("DIR");
  command.footer(footer());
  command.callback([request, &status] { sweep(*request, status); });
}

}  // namespace cm::tools
