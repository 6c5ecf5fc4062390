#include "tools/sweep_points/local_executor.h"

#include "sim/metrics/write_file.h"
#include "tools/processes/signal_watch.h"
#include "tools/sweep_points/point_process.h"

#include <fmt/format.h>

#include <chrono>
#include <list>
#include <sched.h>

namespace cm::tools {
namespace {

constexpr auto ProgressInterval = std::chrono::milliseconds(200);

struct RunningPoint {
  std::size_t index;
  PointProcess process;
};

// A child that could not write what became of its point leaves it to us.
void take(RunningPoint& ended, SweepBoard& board)
{
  const SweepPoint& point = board.point(ended.index);
  if (const std::string trouble = ended.process.trouble(); !trouble.empty())
    sim::metrics::write_whole(board.path(ended.index), undone_point(point, PointStatus::Failed, trouble));
  board.take(ended.index);
}

}  // namespace

int LocalExecutor::run(std::span<const std::size_t> points, SweepBoard& board)
{
  SignalWatch signals;
  std::list<RunningPoint> running;
  auto next = points.begin();
  while (signals.stop_signal() == 0 && (next != points.end() || !running.empty())) {
    for (; next != points.end() && running.size() < jobs_; ++next)
      running.push_back({*next, PointProcess(board.point(*next), board.path(*next), signals)});
    board.show(fmt::format("{} running", running.size()));
    signals.wait(ProgressInterval);
    for (auto each = running.begin(); each != running.end();) {
      if (!each->process.has_ended()) {
        ++each;
        continue;
      }
      take(*each, board);
      each = running.erase(each);
    }
  }
  return signals.stop_signal();
}

std::int64_t usable_cores()
{
  cpu_set_t cores;
  if (::sched_getaffinity(0, sizeof cores, &cores) != 0)
    return 1;
  return CPU_COUNT(&cores);
}

}  // namespace cm::tools
