#include "tools/sweep/slurm_executor.h"

#include "sim/diagnostics/errors.h"
#include "sim/metrics/write_file.h"
#include "tools/sweep/signal_watch.h"
#include "tools/sweep/slurm_queue.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iterator>
#include <utility>

namespace cm::tools {
namespace {

namespace fs = std::filesystem;

constexpr auto FileInterval = std::chrono::milliseconds(500);
// squeue is a call to the controller that all users of the cluster share.
constexpr int FileIntervalsPerQuestion = 4;
constexpr std::size_t TasksByDefault = 100;
constexpr int MostTries = 3;
constexpr const char* TaskScript = "#!/bin/sh\nexec \"$@\"\n";

std::size_t chunk_size(const SlurmOptions& options, std::size_t points)
{
  return options.chunk > 0 ? static_cast<std::size_t>(options.chunk)
                           : std::max<std::size_t>(1, (points + TasksByDefault - 1) / TasksByDefault);
}

// sbatch reads "%A" in a path; "%%" is a percent sign to it.
std::string without_patterns(const std::string& path)
{
  std::string text;
  for (const char letter : path)
    text += letter == '%' ? std::string("%%") : std::string(1, letter);
  return text;
}

// slurm/job-12.json and so on, with the jobs' numbers, sorted.
std::vector<std::pair<std::string, std::string>> earlier_jobs(const SweepFolder& folder)
{
  constexpr std::string_view Start = "job-";
  std::vector<std::pair<std::string, std::string>> jobs;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder.file("slurm"), ignored))
    if (const std::string stem = entry.path().stem().string(); stem.starts_with(Start))
      jobs.emplace_back(stem.substr(Start.size()), entry.path().string());
  std::ranges::sort(jobs);
  return jobs;
}

}  // namespace

SlurmExecutor::SlurmExecutor(ExecutorSpec spec) : spec_(std::move(spec)), program_(program_digest()) {}

int SlurmExecutor::run(std::span<const std::size_t> points, SweepBoard& board)
{
  SignalWatch signals;
  open_.assign(points.begin(), points.end());
  adopt(board);
  std::vector<std::size_t> fresh;
  std::ranges::copy_if(open_, std::back_inserter(fresh), [&](std::size_t point) { return !is_covered(point); });
  if (!fresh.empty())
    hand_over(fresh, chunk_size(spec_.slurm, fresh.size()), board);
  std::string what;
  for (int turn = 0; !open_.empty() && signals.stop_signal() == 0; ++turn) {
    if (turn % FileIntervalsPerQuestion == 0)
      what = ask(board);
    board.show(what);
    signals.wait(FileInterval);
    take_files(board);
  }
  // Through or stopped: what is left of the jobs has nothing to do any more.
  for (const Job& job : jobs_)
    cancel(job.number);
  return signals.stop_signal();
}

void SlurmExecutor::adopt(const SweepBoard& board)
{
  for (const auto& [number, path] : earlier_jobs(board.folder())) {
    const auto submission = read_submission(path);
    const bool is_over = state_of(number).is_over();
    const bool is_ours = submission && is_current(*submission, board, program_);
    if (!is_over && is_ours) {
      jobs_.push_back({number, submission->points()});
      spec_.notice(fmt::format("Slurm still runs job {} of this sweep: waiting for it", number));
    } else if (!is_over) {
      cancel(number);
      spec_.notice(fmt::format("cancelled job {}, which ran this sweep as it was before", number));
    }
    std::error_code ignored;
    if (is_over || !is_ours)
      fs::remove(path, ignored);
  }
}

void SlurmExecutor::hand_over(const std::vector<std::size_t>& points, std::size_t size, const SweepBoard& board)
{
  const SweepFolder& folder = board.folder();
  SlurmSubmission submission = chunked(points, size, board);
  submission.program = program_;
  folder.write("slurm/task.sh", TaskScript);
  const std::string pending = folder.file(fmt::format("slurm/points-{}.json", board.point(points.front()).digest));
  sim::metrics::write_whole(pending, to_json(submission));
  const std::string number =
      submit({.tasks = submission.chunks.size(),
              .script = folder.file("slurm/task.sh"),
              .command = {fs::read_symlink("/proc/self/exe").string(), "sweep", spec_.sweep, "--out", folder.path(),
                          "--configs", spec_.config_root, "--slurm-task", pending},
              .log = without_patterns(folder.file("slurm/")) + "%A_%a.log",
              .partition = spec_.slurm.partition,
              .time = spec_.slurm.time,
              .arguments = spec_.slurm.arguments});
  folder.write(fmt::format("slurm/job-{}.json", number), to_json(submission));
  jobs_.push_back({number, points});
  spec_.notice(fmt::format("handed {} points to Slurm as job {}, {} tasks of up to {}", points.size(), number,
                           submission.chunks.size(), size));
}

void SlurmExecutor::take_files(SweepBoard& board)
{
  std::erase_if(open_, [&](std::size_t point) { return board.take(point); });
}

std::string SlurmExecutor::ask(SweepBoard& board)
{
  JobState all;
  for (Job& job : jobs_) {
    const JobState state = state_of(job.number);
    all.is_known = all.is_known && state.is_known;
    all.running += state.running;
    all.waiting += state.waiting;
    all.reason = all.reason.empty() ? state.reason : all.reason;
    // Nobody starts held tasks again; as a new job they get another chance.
    if (state.held > 0 && state.running + state.waiting == 0)
      cancel(job.number);
    // The first time files may still be on their way through a network's file system.
    if (state.is_over() && std::exchange(job.is_over, true))
      job.points.clear();
  }
  std::erase_if(jobs_, [](const Job& job) { return job.points.empty(); });
  hand_over_again(board);
  if (!all.is_known)
    return "Slurm does not answer";
  std::string what = fmt::format("{} tasks running, {} waiting", all.running, all.waiting);
  return all.waiting > 0 && all.running == 0 ? fmt::format("{} ({})", what, all.reason) : what;
}

void SlurmExecutor::hand_over_again(SweepBoard& board)
{
  std::vector<std::size_t> lost;
  for (const std::size_t point : open_) {
    if (is_covered(point))
      continue;
    // A point that takes its whole task with it each time would come back for ever.
    if (tries_[point] + 1 >= MostTries)
      sim::metrics::write_whole(board.path(point), undone_point(board.point(point), PointStatus::Failed,
                                                                fmt::format("Slurm lost it {} times", MostTries)));
    else
      lost.push_back(point);
  }
  if (lost.empty())
    return;
  try {
    // One by one: what pulls its task down shall not pull down others again.
    hand_over(lost, 1, board);
  } catch (const ConfigError& error) {
    // The controller may be gone for a while; what is lost stays lost until the next question.
    if (!std::exchange(has_complained_, true))
      spec_.notice(fmt::format("{}; trying again", error.what()));
    return;
  }
  has_complained_ = false;
  for (const std::size_t point : lost)
    ++tries_[point];
}

bool SlurmExecutor::is_covered(std::size_t point) const
{
  return std::ranges::any_of(jobs_,
                             [&](const Job& job) { return std::ranges::find(job.points, point) != job.points.end(); });
}

}  // namespace cm::tools
