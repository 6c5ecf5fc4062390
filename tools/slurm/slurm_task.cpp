#include "sim/diagnostics/errors.h"
#include "sim/metrics/progress.h"
#include "tools/slurm/slurm_executor.h"
#include "tools/sweep_points/local_executor.h"

#include <fmt/format.h>

namespace cm::tools {
namespace {

// A requeued task finds what it finished before; failed points were tried.
std::vector<std::size_t> left_of(const std::vector<SubmittedPoint>& chunk, SweepBoard& board)
{
  std::vector<std::size_t> left;
  for (const SubmittedPoint& point : chunk)
    if (!board.take(point.index))
      left.push_back(point.index);
  return left;
}

}  // namespace

int run_slurm_task(const ExecutorSpec& spec, const std::string& out, const std::string& submission, std::size_t task)
{
  const auto handed_over = read_submission(submission);
  if (!handed_over || task >= handed_over->chunks.size())
    throw ConfigError(fmt::format("{}:1:1: expected the points of task {}", submission, task));
  const std::vector<SubmittedPoint>& chunk = handed_over->chunks[task];
  std::vector<std::size_t> indices;
  for (const SubmittedPoint& point : chunk)
    indices.push_back(point.index);
  const SweepPlan plan = plan_points(spec.source(), indices);
  const SweepFolder folder(out);
  sim::metrics::NoProgress silent;
  SweepBoard board(plan, folder, std::vector<std::optional<PointRecord>>(plan.points.size()), silent,
                   SweepBoard::Table::Left);
  if (!is_current({handed_over->program, {chunk}}, board, program_digest()))
    throw ConfigError(fmt::format("{}:1:1: the sweep or the program changed since it was handed to Slurm", spec.sweep));
  const std::vector<std::size_t> left = left_of(chunk, board);
  return LocalExecutor(1).run(left, board);
}

}  // namespace cm::tools
