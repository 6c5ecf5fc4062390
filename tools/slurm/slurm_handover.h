// Points on their way to Slurm: chunks that wait, and the array jobs that they become. A cluster takes arrays of a
// limited size and so many jobs at a time; the rest waits here.
#pragma once

#include "tools/slurm/slurm_queue.h"
#include "tools/slurm/slurm_retry.h"
#include "tools/slurm/slurm_submission.h"
#include "tools/sweep_points/executor.h"

#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cm::tools {

using PointChunk = std::vector<std::size_t>;  // points of one task

// An array job that Slurm has, a chunk a task.
struct HandedOver {
  JobId job;
  std::vector<PointChunk> chunks;
};

class SlurmHandover {
 public:
  // `spec` is borrowed. `program` is the digest of the program that tasks shall run.
  SlurmHandover(const ExecutorSpec& spec, std::string program);

  // `size` points a task, behind what waits already.
  void add(std::span<const std::size_t> points, std::size_t size);

  // Makes a job of the first that wait, as large as the cluster takes it; `tasks` of ours are there already. Empty when
  // nothing waits, or the cluster takes nothing now. Throws ConfigError when there is no sbatch.
  std::optional<HandedOver> hand_over(std::size_t tasks, const SweepBoard& board);

  [[nodiscard]] const std::deque<PointChunk>& waiting() const { return waiting_; }

  // Why nothing more is handed over, with advice; empty while it is tried.
  [[nodiscard]] const std::string& refusal() const { return refusal_; }

 private:
  struct Unanswered {
    std::string name;
    std::size_t tasks = 0;
  };

  void learn_limits();
  // Array job of the first that wait; its points stand in a file then.
  [[nodiscard]] ArrayJob array_of(std::size_t count, const SweepBoard& board) const;
  // Job that an sbatch without an answer made after all. Sets the refusal when Slurm does not answer either.
  std::optional<HandedOver> find_unanswered(Refusal& refusal);
  HandedOver take_first(std::size_t count, const JobId& job);
  // Returns whether a smaller array may be tried at once.
  bool cope_with(const Refusal& refusal, std::size_t count, std::size_t tasks);
  void give_up(const Refusal& refusal);

  const ExecutorSpec& spec_;
  std::string program_;
  SlurmLimits limits_;
  bool knows_limits_ = false;
  std::size_t most_at_once_ = 0;  // tasks of the next array
  std::deque<PointChunk> waiting_;
  std::size_t handed_over_ = 0;           // jobs so far
  std::optional<Unanswered> unanswered_;  // the last sbatch, when it did not tell whether there is a job now
  SlurmRetry retry_;
  bool has_complained_ = false;
  std::string refusal_;
};

}  // namespace cm::tools
