// Slurm's own commands: sbatch, squeue, scancel. Their text, and nothing of sweeps.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace cm::tools {

// An array job whose every task runs one command; SLURM_ARRAY_TASK_ID tells it which task it is.
struct ArrayJob {
  std::size_t tasks = 0;
  std::string script;                  // a file that runs its arguments
  std::vector<std::string> command;    // these arguments
  std::string log;                     // of each task, with sbatch's %A and %a
  std::string partition;               // empty: Slurm's default
  std::string time;                    // limit of a task; empty: the partition's
  std::vector<std::string> arguments;  // more of sbatch's own options, after ours
};

struct JobState {
  bool is_known = true;     // false while Slurm does not answer
  std::size_t running = 0;  // tasks
  std::size_t waiting = 0;  // tasks, without those that are held
  std::size_t held = 0;     // tasks that Slurm itself will not start again
  std::string reason;       // of the first that waits: "Resources"

  [[nodiscard]] bool is_over() const { return is_known && running + waiting + held == 0; }
};

// Returns the job's number. Throws ConfigError with sbatch's own words when it refuses.
std::string submit(const ArrayJob& job);

JobState state_of(const std::string& job);

// A job that is over already is no trouble.
void cancel(const std::string& job);

// From squeue's lines "STATE|REASON", one a task.
JobState parse_states(std::string_view lines);

}  // namespace cm::tools
