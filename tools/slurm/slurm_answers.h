// Texts of Slurm's commands and what they mean. Clusters greet their users and sites wrap the commands, so lines of
// others may stand before and behind an answer.
#pragma once

#include "tools/processes/system_command.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace cm::tools {

struct JobId {
  std::string number;   // digits
  std::string cluster;  // empty: the one that commands reach by themselves

  [[nodiscard]] std::string text() const;  // "12", "12 of cluster foo"
  bool operator==(const JobId&) const = default;
};

// Job in an answer of sbatch: "12", "12;foo", "Submitted batch job 12", "Submitted batch job 12 on cluster foo". Empty
// when there is no such line, or when several name different jobs.
std::optional<JobId> job_in(std::string_view answer);

// "12" and "12-foo", in names of files. Empty when a text is none of these: only digits and names of clusters reach a
// command line.
std::string file_text(const JobId& job);
std::optional<JobId> job_of_file_text(std::string_view text);

bool is_cluster_name(std::string_view text);

struct JobState {
  bool is_known = true;     // false while Slurm does not answer
  std::size_t running = 0;  // tasks
  std::size_t waiting = 0;  // tasks, without those that are held
  std::size_t held = 0;     // tasks that Slurm itself will not start again
  std::string reason;       // of the first that waits: "Resources"; why Slurm does not answer

  [[nodiscard]] bool is_over() const { return is_known && running + waiting + held == 0; }
};

// From squeue's lines "STATE|REASON", one a task.
JobState states_in(std::string_view lines);

// Limits of what a cluster takes.
struct SlurmLimits {
  std::size_t array = 1001;   // tasks of one array
  std::size_t jobs = 10'000;  // jobs of all users at a time; a task counts as one
};

// From `scontrol show config`; what it does not tell keeps Slurm's own default. An array of 0 tasks: arrays are off.
SlurmLimits limits_in(std::string_view configuration);

enum class RefusalKind {
  Array,      // the array has more tasks than the cluster takes
  Full,       // so many jobs are not taken now
  Silent,     // the controller did not answer
  Permanent,  // asking again changes nothing
};

struct Refusal {
  RefusalKind kind = RefusalKind::Permanent;
  std::string reason;  // in sbatch's words
  std::string advice;  // what the user can do about it; a sentence
};

// Refusal in the outcome of an sbatch that gave no job.
Refusal refusal_in(const CommandOutcome& outcome);

}  // namespace cm::tools
