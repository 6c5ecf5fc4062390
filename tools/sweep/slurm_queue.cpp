#include "tools/sweep/slurm_queue.h"

#include "sim/diagnostics/errors.h"
#include "tools/sweep/system_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace cm::tools {
namespace {

std::string first_line(const std::string& text)
{
  return text.substr(0, text.find('\n'));
}

bool is_number(std::string_view text)
{
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// "launch failed requeued held", "JobHeldAdmin"; a hold by the user is the user's business.
bool is_held_by_slurm(std::string_view reason)
{
  const bool is_held = reason.find("held") != std::string_view::npos || reason.find("Held") != std::string_view::npos;
  return is_held && reason.find("JobHeldUser") == std::string_view::npos;
}

std::vector<std::string> arguments_of(const ArrayJob& job)
{
  std::vector<std::string> arguments{"sbatch",
                                     "--parsable",
                                     "--job-name=cmsim-sweep",
                                     "--ntasks=1",
                                     "--cpus-per-task=1",
                                     "--requeue",
                                     "--open-mode=append",
                                     fmt::format("--array=0-{}", job.tasks - 1),
                                     "--chdir=" + std::filesystem::current_path().string(),
                                     "--output=" + job.log};
  if (!job.partition.empty())
    arguments.push_back("--partition=" + job.partition);
  if (!job.time.empty())
    arguments.push_back("--time=" + job.time);
  arguments.insert(arguments.end(), job.arguments.begin(), job.arguments.end());
  arguments.push_back(job.script);
  arguments.insert(arguments.end(), job.command.begin(), job.command.end());
  return arguments;
}

}  // namespace

std::string submit(const ArrayJob& job)
{
  const CommandOutcome outcome = run_command(arguments_of(job));
  // "123", or "123;cluster" where there are several.
  const std::string line = first_line(outcome.output);
  const std::string number = line.substr(0, line.find(';'));
  if (outcome.status != 0 || !is_number(number))
    throw ConfigError(fmt::format("--executor slurm: {}", outcome.complaint.empty() ? "sbatch gave no job number"
                                                                                    : first_line(outcome.complaint)));
  return number;
}

JobState state_of(const std::string& job)
{
  const CommandOutcome outcome = run_command({"squeue", "--noheader", "--array", "--jobs=" + job, "--format=%T|%r"});
  if (outcome.status == 0)
    return parse_states(outcome.output);
  // Slurm forgets a job some minutes after its end.
  JobState state;
  state.is_known = outcome.complaint.find("Invalid job id") != std::string::npos;
  return state;
}

void cancel(const std::string& job)
{
  run_command({"scancel", "--quiet", job});
}

JobState parse_states(std::string_view lines)
{
  JobState state;
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    if (line.empty())
      continue;
    const std::string_view word = line.substr(0, line.find('|'));
    const std::string_view reason = line.substr(std::min(line.size(), word.size() + 1));
    if (word != "PENDING")
      ++state.running;
    else if (is_held_by_slurm(reason))
      ++state.held;
    else
      ++state.waiting;
    if (word == "PENDING" && state.reason.empty())
      state.reason = reason;
  }
  return state;
}

}  // namespace cm::tools
