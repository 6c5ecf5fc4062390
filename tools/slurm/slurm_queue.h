// Slurm's own commands: sbatch, squeue, scancel, scontrol. Nothing of sweeps.
#pragma once

#include "tools/slurm/slurm_answers.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace cm::tools {

// An array job whose every task runs one command; SLURM_ARRAY_TASK_ID tells it which task it is.
struct ArrayJob {
  std::string name;
  std::size_t tasks = 0;
  std::string script;                  // a file that runs its arguments
  std::vector<std::string> command;    // these arguments
  std::string log;                     // of each task, with sbatch's %A and %a
  std::string partition;               // empty: Slurm's default
  std::string time;                    // limit of a task; empty: the partition's
  std::vector<std::string> arguments;  // more of sbatch's own options, after ours
};

struct SubmitAnswer {
  std::optional<JobId> job;
  Refusal refusal;  // when there is no job
};

// Throws ConfigError with all options that are none, or that change what a job of ours is: an array of tasks that is
// left to itself.
void require_usable(const std::vector<std::string>& sbatch_arguments);

// Throws ConfigError when there is no sbatch.
SubmitAnswer submit(const ArrayJob& job);

// Limits of the cluster that the options of sbatch name. Limits that cannot be asked for keep Slurm's defaults.
SlurmLimits limits_of(const std::vector<std::string>& sbatch_arguments);

// Job that waits or runs under a name.
struct NamedJob {
  bool is_known = true;      // false while Slurm does not answer
  std::string reason;        // why it does not
  std::optional<JobId> job;  // empty when there is none
};

// Asks the cluster that the options of sbatch name. Throws ConfigError when there is no squeue.
NamedJob job_named(const std::string& name, const std::vector<std::string>& sbatch_arguments);

// Throws ConfigError when there is no squeue.
JobState state_of(const JobId& job);

// Returns why the job could not be cancelled, with the command that does it; empty when it was, or is over already.
[[nodiscard]] std::string cancel(const JobId& job);

}  // namespace cm::tools
