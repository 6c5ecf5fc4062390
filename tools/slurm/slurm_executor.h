// Points as tasks of Slurm array jobs. Tasks write the same files as local processes do; this side watches the files
// appear, and hands over again what a job ended without: a node that was lost, a task that was killed.
#pragma once

#include "tools/processes/signal_watch.h"
#include "tools/slurm/slurm_handover.h"
#include "tools/sweep_points/executor.h"

#include <map>

namespace cm::tools {

class SlurmExecutor final : public Executor {
 public:
  explicit SlurmExecutor(ExecutorSpec spec);

  // Throws ConfigError, with results.csv as far as it got, when Slurm takes nothing more or does not answer any more.
  int run(std::span<const std::size_t> points, SweepBoard& board) override;

 private:
  struct Job {
    HandedOver handed;
    bool is_over = false;   // Slurm knows it no more; its last files may be on their way
    std::size_t tasks = 0;  // that Slurm still has, as far as we know
    bool cannot_be_cancelled = false;
  };

  // Jobs of earlier calls that still run: kept when they run our points, cancelled otherwise.
  void adopt(const SweepBoard& board);
  // Until all is finished or nothing goes on. Returns the signal that asked us to stop, or 0.
  int watch(SignalWatch& signals, SweepBoard& board);
  void hand_over(const SweepBoard& board);
  void take_files(SweepBoard& board);
  // Asks Slurm for all jobs and lets go of those that are over. Returns what to tell who watches.
  std::string ask(SweepBoard& board);
  void cancel_held(Job& job);
  void let_go(Job& job, const SweepBoard& board);
  void hand_over_lost(SweepBoard& board);
  // Open points that neither a job nor the hand-over has.
  [[nodiscard]] std::vector<std::size_t> lost_points(const SweepBoard& board) const;
  void cancel_all() const;
  [[nodiscard]] bool is_stuck() const;
  [[noreturn]] void throw_reason(const SweepBoard& board) const;

  ExecutorSpec spec_;
  std::string program_;  // digest
  SlurmHandover handover_;
  std::vector<std::size_t> open_;  // points without a record
  std::vector<Job> jobs_;
  std::map<std::size_t, int> losses_;            // point -> jobs that ended without it
  std::map<std::size_t, std::string> last_log_;  // point -> log of the last task that it was lost in
  SlurmRetry silence_;                           // of squeue
  std::string silent_why_;
};

// Work of one task of the array: the points of one chunk, one after the other. Throws ConfigError when sweep or program
// are not those that were handed over. Returns the signal that ended it early, or 0.
int run_slurm_task(const ExecutorSpec& spec, const std::string& out, const std::string& submission, std::size_t task);

}  // namespace cm::tools
