#include "tools/slurm/slurm_queue.h"

#include "sim/config/reading_log.h"
#include "sim/config/suggestion.h"
#include "sim/diagnostics/errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <string_view>

namespace cm::tools {
namespace {

// sbatch itself tries again for minutes while the controller is full.
constexpr auto SubmitLimit = std::chrono::minutes(10);
constexpr auto QuestionLimit = std::chrono::minutes(2);

std::vector<std::string> arguments_of(const ArrayJob& job)
{
  std::vector<std::string> arguments{"sbatch",
                                     "--parsable",
                                     "--job-name=" + job.name,
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

std::vector<std::string> at_cluster(std::vector<std::string> call, const std::string& cluster)
{
  if (!cluster.empty())
    call.insert(call.begin() + 1, "--clusters=" + cluster);
  return call;
}

bool says(const CommandOutcome& outcome, std::string_view words)
{
  return outcome.complaint.find(words) != std::string::npos;
}

// "--clusters=foo", "--clusters" "foo", "-Mfoo" and "-M" "foo"; empty unless it is one cluster.
std::string cluster_in(const std::vector<std::string>& arguments)
{
  std::string found;
  for (std::size_t i = 0; i < arguments.size(); ++i)
    for (const std::string_view name : {"--clusters", "--cluster", "-M"}) {
      const std::string_view text = arguments[i];
      const std::string_view rest = text.starts_with(name) ? text.substr(name.size()) : std::string_view();
      if (text == name && i + 1 < arguments.size())
        found = arguments[i + 1];
      else if (rest.starts_with('='))
        found = rest.substr(1);
      else if (name == "-M" && !rest.empty())
        found = rest;
    }
  return is_cluster_name(found) && found != "all" ? found : "";
}

// Options that make something else of a job than an array whose tasks run our script.
bool is_ours_to_say(std::string_view option)
{
  constexpr std::array<std::string_view, 7> Words{"--array", "--wrap",    "--wait", "--test-only",
                                                  "--help",  "--version", "--usage"};
  constexpr std::array<std::string_view, 4> Letters{"-a", "-W", "-h", "-V"};
  const std::string_view word = option.substr(0, option.find('='));
  return std::ranges::find(Words, word) != Words.end() ||
         (!option.starts_with("--") && std::ranges::find(Letters, option.substr(0, 2)) != Letters.end());
}

}  // namespace

void require_usable(const std::vector<std::string>& sbatch_arguments)
{
  sim::config::ReadingLog log;
  bool takes_value = false;
  for (const std::string& each : sbatch_arguments) {
    const bool is_option = each.size() > 1 && each.starts_with('-') && each != "--";
    if (!is_option && !takes_value)
      add_problem(log, {"--sbatch"}, "",
                  fmt::format("expected an option of sbatch like --account=ours, found \"{}\"", each));
    else if (is_option && is_ours_to_say(each))
      add_problem(log, {"--sbatch"}, "",
                  fmt::format("expected an option that leaves array and script to the sweep, found \"{}\"", each));
    takes_value = is_option && each.find('=') == std::string::npos;
  }
  throw_if_any(log);
}

SubmitAnswer submit(const ArrayJob& job)
{
  const CommandOutcome outcome = run_command(arguments_of(job), SubmitLimit);
  SubmitAnswer answer;
  if (outcome.status == 0)
    answer.job = job_in(outcome.output);
  if (!answer.job)
    answer.refusal = refusal_in(outcome);
  return answer;
}

SlurmLimits limits_of(const std::vector<std::string>& sbatch_arguments)
{
  try {
    const CommandOutcome outcome =
        run_command(at_cluster({"scontrol", "show", "config"}, cluster_in(sbatch_arguments)), QuestionLimit);
    return outcome.status == 0 ? limits_in(outcome.output) : SlurmLimits();
  } catch (const ConfigError&) {
    // No scontrol here: sbatch's refusals will tell.
    return {};
  }
}

NamedJob job_named(const std::string& name, const std::vector<std::string>& sbatch_arguments)
{
  const std::string cluster = cluster_in(sbatch_arguments);
  const CommandOutcome outcome =
      run_command(at_cluster({"squeue", "--noheader", "--name=" + name, "--format=%F"}, cluster), QuestionLimit);
  if (outcome.status != 0)
    return {.is_known = false, .reason = reason_of(outcome), .job = {}};
  NamedJob named;
  // A line for each task or for the tasks that wait together, all with the number of their array.
  named.job = job_in(outcome.output);
  if (named.job)
    named.job->cluster = cluster;
  return named;
}

JobState state_of(const JobId& job)
{
  // All states: else what squeue shows depends on the user's SQUEUE_STATES.
  const CommandOutcome outcome = run_command(
      at_cluster({"squeue", "--noheader", "--array", "--states=all", "--jobs=" + job.number, "--format=%T|%r"},
                 job.cluster),
      QuestionLimit);
  if (outcome.status == 0)
    return states_in(outcome.output);
  // Slurm forgets a job some minutes after its end.
  JobState state;
  state.is_known = says(outcome, "Invalid job id");
  state.reason = state.is_known ? "" : reason_of(outcome);
  return state;
}

std::string cancel(const JobId& job)
{
  const std::vector<std::string> call = at_cluster({"scancel", "--quiet", job.number}, job.cluster);
  std::string reason;
  try {
    const CommandOutcome outcome = run_command(call, QuestionLimit);
    if (outcome.status != 0 && !says(outcome, "Invalid job id") && !says(outcome, "already completing or completed"))
      reason = reason_of(outcome);
  } catch (const ConfigError& error) {
    reason = error.what();
  }
  return reason.empty() ? ""
                        : fmt::format("could not cancel job {}: {}; by hand: {}", job.text(), reason,
                                      sim::config::joined(call, " "));
}

}  // namespace cm::tools
