#include "tools/slurm/slurm_answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <ranges>
#include <system_error>
#include <vector>

namespace cm::tools {
namespace {

// A job's number has 32 bits.
constexpr std::size_t MostDigits = 10;

std::string_view trimmed(std::string_view text)
{
  constexpr std::string_view Blank = " \t\r\n";
  const std::size_t first = std::min(text.size(), text.find_first_not_of(Blank));
  return text.substr(first, text.find_last_not_of(Blank) + 1 - first);
}

std::vector<std::string_view> lines_of(std::string_view text)
{
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (!trimmed(line).empty())
      lines.push_back(trimmed(line));
  }
  return lines;
}

bool is_job_number(std::string_view text)
{
  return !text.empty() && text.size() <= MostDigits && text.front() != '0' &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::optional<JobId> checked(std::string_view number, std::string_view cluster)
{
  if (!is_job_number(number) || !(cluster.empty() || is_cluster_name(cluster)))
    return std::nullopt;
  return JobId{std::string(number), std::string(cluster)};
}

// "12<separator>foo" or "12".
std::optional<JobId> job_of_words(std::string_view text, std::string_view separator)
{
  const std::size_t at = text.find(separator);
  if (at == std::string_view::npos)
    return checked(text, "");
  const std::string_view cluster = text.substr(at + separator.size());
  return cluster.empty() ? std::nullopt : checked(text.substr(0, at), cluster);
}

// The surer of sbatch's two ways to answer.
std::optional<JobId> job_of_sentence(std::string_view line)
{
  constexpr std::string_view Start = "Submitted batch job ";
  return line.starts_with(Start) ? job_of_words(line.substr(Start.size()), " on cluster ") : std::nullopt;
}

std::optional<JobId> job_of_parsable(std::string_view line)
{
  return job_of_words(line, ";");
}

// "launch failed requeued held", "JobHeldAdmin"; a hold by the user is the user's business.
bool is_held_by_slurm(std::string_view reason)
{
  const bool is_held = reason.find("held") != std::string_view::npos || reason.find("Held") != std::string_view::npos;
  return is_held && reason.find("JobHeldUser") == std::string_view::npos;
}

template <std::size_t Count>
bool is_one_of(std::string_view word, const std::array<std::string_view, Count>& words)
{
  return std::ranges::find(words, word) != words.end();
}

constexpr std::array<std::string_view, 3> WaitingStates{"PENDING", "REQUEUED", "REQUEUE_FED"};
constexpr std::array<std::string_view, 3> HeldStates{"REQUEUE_HOLD", "RESV_DEL_HOLD", "SPECIAL_EXIT"};
constexpr std::array<std::string_view, 10> EndedStates{"BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE",
                                                       "FAILED",    "NODE_FAIL", "PREEMPTED", "OUT_OF_MEMORY",
                                                       "REVOKED",   "TIMEOUT"};

void count(JobState& state, std::string_view word, std::string_view reason)
{
  const bool waits = is_one_of(word, WaitingStates);
  if (is_one_of(word, EndedStates))
    return;
  if (is_one_of(word, HeldStates) || (waits && is_held_by_slurm(reason)))
    ++state.held;
  else if (waits)
    ++state.waiting;
  else
    ++state.running;
  if (waits && state.reason.empty())
    state.reason = reason;
}

std::optional<std::size_t> number_in(std::string_view text)
{
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

// Number of one parameter in a text like "a=1,max_array_tasks=500,b".
std::optional<std::size_t> parameter_in(std::string_view parameters, std::string_view name)
{
  for (const auto each : std::views::split(parameters, ',')) {
    const std::string_view text(each.begin(), each.end());
    if (text.starts_with(name) && text.substr(name.size()).starts_with('='))
      return number_in(text.substr(name.size() + 1));
  }
  return std::nullopt;
}

struct KnownRefusal {
  std::string_view words;
  RefusalKind kind;
  std::string_view advice;
};

constexpr std::string_view Later = "call the sweep again with --resume when the cluster takes jobs again";
constexpr std::string_view Controller = "see whether sinfo answers, and call the sweep again with --resume then";

// The first row whose words stand in the reason counts.
constexpr auto KnownRefusals = std::to_array<KnownRefusal>({
    {"Invalid job array specification", RefusalKind::Array,
     "ask for fewer tasks with a larger --chunk; scontrol show config tells MaxArraySize"},
    {"MaxSubmit", RefusalKind::Full, Later},
    {"GrpSubmit", RefusalKind::Full, Later},
    {"MaxJobCount", RefusalKind::Full, Later},
    {"temporarily unable to accept job", RefusalKind::Full, Later},
    {"Resource temporarily unavailable", RefusalKind::Full, Later},
    // Limits of size and time come with this sentence too; they name themselves before it.
    {"MaxWall", RefusalKind::Permanent, "ask for less with --time, or for another --sbatch=--qos=NAME"},
    {"PerJob", RefusalKind::Permanent, "ask for less with --time and --sbatch, or for another --sbatch=--qos=NAME"},
    {"Job violates accounting/QOS policy", RefusalKind::Full, Later},
    {"ontact slurm controller", RefusalKind::Silent, Controller},
    {"ocket timed out", RefusalKind::Silent, Controller},
    {"onnection refused", RefusalKind::Silent, Controller},
    {"onnection reset", RefusalKind::Silent, Controller},
    {"onnection timed out", RefusalKind::Silent, Controller},
    {"ommunication connection failure", RefusalKind::Silent, Controller},
    {"onnection failure", RefusalKind::Silent, Controller},
    {"Zero Bytes were transmitted", RefusalKind::Silent, Controller},
    {"essage receive failure", RefusalKind::Silent, Controller},
    {"essage send failure", RefusalKind::Silent, Controller},
    {"ransport endpoint is not connected", RefusalKind::Silent, Controller},
    {"standby mode", RefusalKind::Silent, Controller},
    {"presently disabled", RefusalKind::Silent, Controller},
    {"Protocol authentication error", RefusalKind::Silent, Controller},
    {"Unable to read from authentication", RefusalKind::Silent, Controller},
    {"invalid partition", RefusalKind::Permanent, "name one that sinfo lists with --partition"},
    {"nvalid account", RefusalKind::Permanent, "name yours with --sbatch=--account=NAME"},
    {"nvalid qos", RefusalKind::Permanent, "name one of yours with --sbatch=--qos=NAME"},
    {"ime limit", RefusalKind::Permanent, "ask for less with --time; sinfo lists the limits of the partitions"},
    {"ode configuration is not available", RefusalKind::Permanent,
     "no node has what --sbatch and --partition ask for; sinfo lists the nodes"},
    {"nvalid cluster", RefusalKind::Permanent, "name one that sacctmgr show clusters lists"},
});

constexpr std::string_view OtherAdvice = "the options that sbatch got are those of --partition, --time and --sbatch";

}  // namespace

std::string JobId::text() const
{
  return cluster.empty() ? number : fmt::format("{} of cluster {}", number, cluster);
}

std::optional<JobId> job_in(std::string_view answer)
{
  for (const auto read : {&job_of_sentence, &job_of_parsable}) {
    std::vector<JobId> jobs;
    for (const std::string_view line : lines_of(answer))
      if (auto job = read(line); job && std::ranges::find(jobs, *job) == jobs.end())
        jobs.push_back(std::move(*job));
    if (!jobs.empty())
      return jobs.size() == 1 ? std::optional(jobs.front()) : std::nullopt;
  }
  return std::nullopt;
}

std::string file_text(const JobId& job)
{
  return job.cluster.empty() ? job.number : fmt::format("{}-{}", job.number, job.cluster);
}

std::optional<JobId> job_of_file_text(std::string_view text)
{
  return job_of_words(text, "-");
}

bool is_cluster_name(std::string_view text)
{
  const auto is_letter = [](unsigned char letter) {
    return std::isalnum(letter) != 0 || letter == '_' || letter == '-' || letter == '.';
  };
  return !text.empty() && text.front() != '-' && text.front() != '.' && std::ranges::all_of(text, is_letter);
}

JobState states_in(std::string_view lines)
{
  JobState state;
  for (const std::string_view line : lines_of(lines)) {
    const std::string_view word = line.substr(0, line.find('|'));
    // "CLUSTER: foo", a greeting.
    if (word.empty() || word.size() == line.size() ||
        word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_") != std::string_view::npos)
      continue;
    count(state, word, line.substr(word.size() + 1));
  }
  return state;
}

SlurmLimits limits_in(std::string_view configuration)
{
  SlurmLimits limits;
  std::optional<std::size_t> tasks;
  for (const std::string_view line : lines_of(configuration)) {
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos)
      continue;
    const std::string_view key = trimmed(line.substr(0, equals));
    const std::string_view value = trimmed(line.substr(equals + 1));
    if (key == "MaxArraySize")
      limits.array = number_in(value).value_or(limits.array);
    else if (key == "MaxJobCount")
      limits.jobs = std::max<std::size_t>(2, number_in(value).value_or(limits.jobs));
    else if (key == "SchedulerParameters")
      tasks = parameter_in(value, "max_array_tasks");
  }
  limits.array = std::min({limits.array, limits.jobs - 1, tasks.value_or(limits.array)});
  return limits;
}

Refusal refusal_in(const CommandOutcome& outcome)
{
  if (outcome.status == 0)
    return {RefusalKind::Permanent,
            fmt::format("sbatch answers \"{}\", expected the number of one job", trimmed(outcome.output)),
            "squeue --me shows whether a job was started"};
  Refusal refusal{.kind = RefusalKind::Permanent, .reason = reason_of(outcome), .advice = std::string(OtherAdvice)};
  const auto known = std::ranges::find_if(
      KnownRefusals, [&](const KnownRefusal& each) { return outcome.complaint.find(each.words) != std::string::npos; });
  if (known != KnownRefusals.end())
    refusal = {known->kind, refusal.reason, std::string(known->advice)};
  else if (outcome.is_cut_short)
    refusal = {RefusalKind::Silent, refusal.reason, std::string(Controller)};
  return refusal;
}

}  // namespace cm::tools
