// Points as tasks of a Slurm array job. Tasks write the same files as local processes do; this side watches the files
// appear, and hands over again what a job ended without: a node that was lost, a task that was killed.
#pragma once

#include "tools/sweep/executor.h"
#include "tools/sweep/slurm_submission.h"

#include <map>

namespace cm::tools {

class SlurmExecutor final : public Executor {
 public:
  explicit SlurmExecutor(ExecutorSpec spec);

  int run(std::span<const std::size_t> points, SweepBoard& board) override;

 private:
  struct Job {
    std::string number;
    std::vector<std::size_t> points;
    bool is_over = false;  // Slurm knows it no more; its last files may be on their way
  };

  // Jobs of earlier calls that still run: kept when they run our points, cancelled otherwise.
  void adopt(const SweepBoard& board);
  // `size` points a task. Throws ConfigError when Slurm refuses.
  void hand_over(const std::vector<std::size_t>& points, std::size_t size, const SweepBoard& board);
  void take_files(SweepBoard& board);
  // Asks Slurm for all jobs and lets go of those that are over. Returns what to tell who watches.
  std::string ask(SweepBoard& board);
  void hand_over_again(SweepBoard& board);
  [[nodiscard]] bool is_covered(std::size_t point) const;

  ExecutorSpec spec_;
  std::string program_;            // digest
  std::vector<std::size_t> open_;  // points without a record
  std::vector<Job> jobs_;
  std::map<std::size_t, int> tries_;  // point -> jobs that ended without it
  bool has_complained_ = false;
};

// What a task of the array does: the points of one chunk, one after the other. Throws ConfigError when sweep or program
// are not those that were handed over. Returns the signal that ended it early, or 0.
int run_slurm_task(const ExecutorSpec& spec, const std::string& out, const std::string& submission, std::size_t task);

}  // namespace cm::tools
