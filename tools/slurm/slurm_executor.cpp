#include "tools/slurm/slurm_executor.h"

#include "sim/config/suggestion.h"
#include "sim/diagnostics/errors.h"
#include "sim/metrics/write_file.h"
#include "tools/processes/signal_watch.h"
#include "tools/slurm/slurm_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>

namespace cm::tools {
namespace {

namespace fs = std::filesystem;

// squeue is a call to the controller that all users of the cluster share.
constexpr int LooksPerQuestion = 4;
constexpr std::size_t TasksByDefault = 100;
constexpr int MostTries = 3;

std::size_t chunk_size(const SlurmOptions& options, std::size_t points)
{
  return options.chunk > 0 ? static_cast<std::size_t>(options.chunk)
                           : std::max<std::size_t>(1, (points + TasksByDefault - 1) / TasksByDefault);
}

// slurm/job-12.json and so on, sorted by their paths.
std::vector<std::pair<JobId, std::string>> earlier_jobs(const SweepFolder& folder)
{
  constexpr std::string_view Start = "job-";
  std::vector<std::string> paths;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder.file("slurm"), ignored))
    if (entry.path().filename().string().starts_with(Start) && entry.path().extension() == ".json")
      paths.push_back(entry.path().string());
  std::ranges::sort(paths);
  std::vector<std::pair<JobId, std::string>> jobs;
  for (const std::string& path : paths) {
    const auto job = job_of_file_text(fs::path(path).stem().string().substr(Start.size()));
    if (!job)
      throw ConfigError(fmt::format("{}:1:1: expected the number of a job in the file's name, like job-12.json or "
                                    "job-12-cluster.json; remove the file",
                                    path));
    jobs.emplace_back(*job, path);
  }
  return jobs;
}

std::string submission_file(const JobId& job)
{
  return fmt::format("slurm/job-{}.json", file_text(job));
}

std::string failure_text(const SweepFolder& folder, const std::string& log)
{
  const std::string words = last_words_of_log(folder.file(log));
  return fmt::format("Slurm lost it {} times{}", MostTries,
                     words.empty() ? ", without a word in slurm/*.log" : fmt::format("; its last words: {}", words));
}

}  // namespace

SlurmExecutor::SlurmExecutor(ExecutorSpec spec)
    : spec_(std::move(spec)), program_(program_digest()), handover_(spec_, program_), silence_(spec_.slurm.pace)
{
}

int SlurmExecutor::run(std::span<const std::size_t> points, SweepBoard& board)
{
  // Held back until all jobs are cancelled: a second Ctrl-C must leave none behind.
  SignalWatch signals;
  open_.assign(points.begin(), points.end());
  adopt(board);
  int signal = 0;
  try {
    const std::vector<std::size_t> fresh = lost_points(board);
    handover_.add(fresh, chunk_size(spec_.slurm, fresh.size()));
    signal = watch(signals, board);
  } catch (...) {
    cancel_all();
    throw;
  }
  // A controller that does not answer takes no cancellation, and what runs may come to an end.
  const bool is_silent = silence_.is_hopeless();
  if (!is_silent || signal != 0)
    cancel_all();
  if (signal == 0 && !open_.empty())
    throw_reason(board);
  return signal;
}

void SlurmExecutor::adopt(const SweepBoard& board)
{
  for (const auto& [id, path] : earlier_jobs(board.folder())) {
    const auto submission = read_submission(path);
    const bool is_over = state_of(id).is_over();
    const bool is_ours = submission && is_current(*submission, board, program_);
    if (!is_over && is_ours) {
      jobs_.push_back({.handed = {id, submission->points()}, .tasks = submission->chunks.size()});
      spec_.notice(fmt::format("Slurm still runs job {} of this sweep: waiting for it", id.text()));
      continue;
    }
    if (const std::string trouble = is_over ? "" : cancel(id); !trouble.empty()) {
      spec_.notice(trouble);
      continue;
    }
    if (!is_over)
      spec_.notice(fmt::format("cancelled job {}, which ran this sweep as it was before", id.text()));
    std::error_code ignored;
    fs::remove(path, ignored);
  }
}

int SlurmExecutor::watch(SignalWatch& signals, SweepBoard& board)
{
  std::string what;
  for (int turn = 0; !open_.empty() && signals.stop_signal() == 0; ++turn) {
    hand_over(board);
    if (is_stuck())
      break;
    if (turn % LooksPerQuestion == 0 && silence_.is_due())
      what = ask(board);
    board.show(what);
    signals.wait(spec_.slurm.pace.look);
    take_files(board);
  }
  return signals.stop_signal();
}

void SlurmExecutor::hand_over(const SweepBoard& board)
{
  const bool could = handover_.refusal().empty();
  std::size_t tasks = 0;
  for (const Job& job : jobs_)
    tasks += job.tasks;
  while (auto handed = handover_.hand_over(tasks, board)) {
    jobs_.push_back({.handed = std::move(*handed)});
    Job& job = jobs_.back();
    job.tasks = job.handed.chunks.size();
    tasks += job.tasks;
    SlurmSubmission submission = submission_of(job.handed.chunks, board);
    submission.program = program_;
    board.folder().write(submission_file(job.handed.job), to_json(submission));
  }
  if (could && !handover_.refusal().empty() && !jobs_.empty())
    spec_.notice(fmt::format("Slurm takes no more points: {}; waiting for those that it has", handover_.refusal()));
}

void SlurmExecutor::take_files(SweepBoard& board)
{
  std::erase_if(open_, [&](std::size_t point) { return board.take(point); });
}

std::string SlurmExecutor::ask(SweepBoard& board)
{
  JobState all;
  for (Job& job : jobs_) {
    const JobState state = state_of(job.handed.job);
    all.is_known = all.is_known && state.is_known;
    all.running += state.running;
    all.waiting += state.waiting;
    all.held += state.held;
    all.reason = all.reason.empty() ? state.reason : all.reason;
    if (!state.is_known) {
      silent_why_ = state.reason;
      continue;
    }
    job.tasks = state.running + state.waiting + state.held;
    // Nobody starts held tasks again; as a new job they get another chance.
    if (state.held > 0 && state.running + state.waiting == 0)
      cancel_held(job);
    // The first time files may still be on their way through a network's file system.
    if ((state.is_over() || job.cannot_be_cancelled) && std::exchange(job.is_over, true))
      let_go(job, board);
  }
  std::erase_if(jobs_, [](const Job& job) { return job.handed.chunks.empty(); });
  hand_over_lost(board);
  if (!all.is_known) {
    silence_.fail();
    return fmt::format("Slurm does not answer ({})", silent_why_);
  }
  silence_.succeed();
  std::string what = fmt::format("{} tasks running, {} waiting", all.running, all.waiting);
  if (all.held > 0)
    what += fmt::format(", {} held by Slurm", all.held);
  if (!handover_.waiting().empty())
    what += fmt::format(", {} not handed over yet", handover_.waiting().size());
  return all.waiting > 0 && all.running == 0 ? fmt::format("{} ({})", what, all.reason) : what;
}

void SlurmExecutor::cancel_held(Job& job)
{
  const std::string trouble = cancel(job.handed.job);
  if (trouble.empty() || std::exchange(job.cannot_be_cancelled, true))
    return;
  spec_.notice(trouble);
}

void SlurmExecutor::let_go(Job& job, const SweepBoard& board)
{
  for (std::size_t task = 0; task < job.handed.chunks.size(); ++task)
    for (const std::size_t point : job.handed.chunks[task])
      last_log_[point] = task_log(job.handed.job.number, task);
  job.handed.chunks.clear();
  std::error_code ignored;
  fs::remove(board.folder().file(submission_file(job.handed.job)), ignored);
}

void SlurmExecutor::hand_over_lost(SweepBoard& board)
{
  std::vector<std::size_t> again;
  for (const std::size_t point : lost_points(board)) {
    // A point that takes its whole task with it each time would come back for ever.
    if (++losses_[point] < MostTries)
      again.push_back(point);
    else
      sim::metrics::write_whole(board.path(point), undone_point(board.point(point), PointStatus::Failed,
                                                                failure_text(board.folder(), last_log_[point])));
  }
  // One by one: what pulls its task down shall not pull down others again.
  handover_.add(again, 1);
}

std::vector<std::size_t> SlurmExecutor::lost_points(const SweepBoard& board) const
{
  std::vector<bool> is_covered(board.records().size(), false);
  const auto cover = [&](const auto& chunks) {
    for (const PointChunk& chunk : chunks)
      for (const std::size_t point : chunk)
        is_covered[point] = true;
  };
  for (const Job& job : jobs_)
    cover(job.handed.chunks);
  cover(handover_.waiting());
  std::vector<std::size_t> lost;
  std::ranges::copy_if(open_, std::back_inserter(lost), [&](std::size_t point) { return !is_covered[point]; });
  return lost;
}

void SlurmExecutor::cancel_all() const
{
  // Jobs that are left have nothing to do any more.
  for (const Job& job : jobs_)
    if (const std::string trouble = cancel(job.handed.job); !trouble.empty())
      spec_.notice(trouble);
}

bool SlurmExecutor::is_stuck() const
{
  return silence_.is_hopeless() || (jobs_.empty() && !handover_.refusal().empty());
}

void SlurmExecutor::throw_reason(const SweepBoard& board) const
{
  board.write_results();
  const std::size_t points = board.records().size();
  const std::string kept = open_.size() == points
                               ? std::string()
                               : fmt::format(". {} of {} points are finished and kept; --resume runs the others",
                                             points - open_.size(), points);
  if (!silence_.is_hopeless())
    throw ConfigError(fmt::format("--executor slurm: {}{}", handover_.refusal(), kept));
  std::vector<std::string> jobs;
  for (const Job& job : jobs_)
    jobs.push_back(job.handed.job.text());
  throw ConfigError(fmt::format("--executor slurm: Slurm has not answered for {} min: {}; its jobs were left as they "
                                "are ({}), --resume finds them again{}",
                                std::chrono::duration_cast<std::chrono::minutes>(spec_.slurm.pace.patience).count(),
                                silent_why_, sim::config::joined(jobs, ", "), kept));
}

}  // namespace cm::tools
