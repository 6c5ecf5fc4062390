#include "tools/sweep/sweep.h"

#include "tools/runner/run_log.h"
#include "tools/sweep/executor_table.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::tools {
namespace {

void tell(const EarlierPoints& earlier, const SweepRequest& request)
{
  if (earlier.is_other_program)
    request.execution.notice("the program changed since this sweep ran: all points run again");
  else if (request.is_resumed && earlier.outdated > 0)
    request.execution.notice(
        fmt::format("{} points changed or went since this sweep ran: their results are dropped", earlier.outdated));
}

std::string title_of(const SweepPoint& point)
{
  std::string title = point.base;
  for (const auto& [key, text] : point.labels)
    title += fmt::format(", {}={}", key, text);
  return fmt::format("{}, seed={}", title, point.seed);
}

std::vector<UndonePoint> undone_points(const SweepPlan& plan, const SweepBoard& board)
{
  std::vector<UndonePoint> undone;
  for (std::size_t i = 0; i < plan.points.size(); ++i)
    if (const auto& record = board.records()[i]; record && record->status != PointStatus::Done)
      undone.push_back({i + 1, title_of(plan.points[i]), record->status, record->reason});
  return undone;
}

std::vector<UnsteadyPoint> unsteady_points(const SweepPlan& plan, const SweepBoard& board)
{
  std::vector<UnsteadyPoint> unsteady;
  for (std::size_t i = 0; i < plan.points.size(); ++i)
    if (const auto& record = board.records()[i]; record && !record->health.is_steady)
      unsteady.push_back({i + 1, title_of(plan.points[i]), record->health.why_unsteady});
  return unsteady;
}

// Each text once, in the order of the points that have it.
std::vector<PointNote> point_notes(const SweepBoard& board)
{
  std::vector<PointNote> notes;
  for (std::size_t i = 0; i < board.records().size(); ++i) {
    const auto& record = board.records()[i];
    if (!record)
      continue;
    for (const std::string& text : record->notes) {
      const auto known = std::ranges::find(notes, text, &PointNote::text);
      if (known == notes.end())
        notes.push_back({text, i + 1, 1});
      else
        ++known->points;
    }
  }
  return notes;
}

}  // namespace

SweepOutcome run_sweep(const SweepRequest& request, sim::metrics::Progress& progress)
{
  const auto started = std::chrono::system_clock::now();
  SweepPlan plan = list_points(request.execution.source());
  const SweepFolder folder(request.out);
  // Ours before the points are read, which may take minutes; without a trace when they turn out wrong.
  OpenedFolder opened(folder, request.is_resumed, plan.sets);
  check_points(plan, progress);
  EarlierPoints earlier = opened.keep(plan, {request.execution.called(), program_digest()});
  tell(earlier, request);
  // From here on the points and their order are known and nothing of them changes.

  SweepBoard board(plan, folder, std::move(earlier.records), progress);
  SweepOutcome outcome;
  outcome.points = plan.points.size();
  outcome.kept = board.counts().all();
  board.write_results();
  const auto kind = std::ranges::find(executor_table(), request.executor, &ExecutorKind::name);
  outcome.stop_signal = kind->make(request.execution)->run(board.missing(), board);
  board.write_results();
  folder.write("run.log", run_log(started, request.execution.sweep));
  outcome.counts = board.counts();
  outcome.undone = undone_points(plan, board);
  outcome.unsteady = unsteady_points(plan, board);
  outcome.notes = point_notes(board);
  outcome.files = {folder.file("results.csv"), folder.file("points")};
  return outcome;
}

}  // namespace cm::tools
