#include "tools/slurm/slurm_handover.h"

#include "sim/config/digest.h"
#include "sim/metrics/write_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <numeric>
#include <utility>

namespace cm::tools {
namespace {

namespace fs = std::filesystem;

constexpr const char* TaskScript = "#!/bin/sh\nexec \"$@\"\n";

// sbatch reads "%A" in a path; "%%" is a percent sign to it.
std::string without_patterns(const std::string& path)
{
  std::string text;
  for (const char letter : path)
    text += letter == '%' ? std::string("%%") : std::string(1, letter);
  return text;
}

std::size_t points_in(const std::vector<PointChunk>& chunks)
{
  return std::accumulate(chunks.begin(), chunks.end(), std::size_t{0},
                         [](std::size_t sum, const PointChunk& chunk) { return sum + chunk.size(); });
}

// Command of each task of an array; `pending` is the file that says which points are whose.
std::vector<std::string> task_command(const ExecutorSpec& spec, const std::string& folder, const std::string& pending)
{
  std::vector<std::string> words{fs::read_symlink("/proc/self/exe").string(), "sweep", "--out=" + folder,
                                 "--configs=" + spec.config_root, "--slurm-task=" + pending};
  for (const std::string& set : spec.sets)
    words.push_back("--set=" + set);
  words.insert(words.end(), {"--", spec.sweep});
  return words;
}

}  // namespace

SlurmHandover::SlurmHandover(const ExecutorSpec& spec, std::string program)
    : spec_(spec), program_(std::move(program)), retry_(spec.slurm.pace)
{
}

void SlurmHandover::add(std::span<const std::size_t> points, std::size_t size)
{
  for (std::size_t first = 0; first < points.size(); first += size) {
    const auto chunk = points.subspan(first, std::min(size, points.size() - first));
    waiting_.emplace_back(chunk.begin(), chunk.end());
  }
}

std::optional<HandedOver> SlurmHandover::hand_over(std::size_t tasks, const SweepBoard& board)
{
  if (waiting_.empty())
    return std::nullopt;
  learn_limits();
  while (refusal_.empty() && retry_.is_due() && tasks + 1 < limits_.jobs) {
    Refusal silence{.kind = RefusalKind::Silent, .reason = {}, .advice = {}};
    if (auto found = find_unanswered(silence))
      return found;
    if (unanswered_) {
      cope_with(silence, unanswered_->tasks, tasks);
      break;
    }
    const std::size_t count = std::min({waiting_.size(), most_at_once_, limits_.jobs - 1 - tasks});
    const ArrayJob array = array_of(count, board);
    const SubmitAnswer answer = submit(array);
    if (answer.job)
      return take_first(count, *answer.job);
    if (answer.refusal.kind == RefusalKind::Silent)
      unanswered_ = {array.name, count};
    if (!cope_with(answer.refusal, count, tasks))
      break;
  }
  return std::nullopt;
}

void SlurmHandover::learn_limits()
{
  if (std::exchange(knows_limits_, true))
    return;
  limits_ = limits_of(spec_.slurm.arguments);
  most_at_once_ = limits_.array;
  if (limits_.array == 0)
    give_up({RefusalKind::Permanent, "the cluster takes no arrays of jobs (MaxArraySize is 0)",
             "run the sweep with --executor local inside a job"});
}

std::optional<HandedOver> SlurmHandover::find_unanswered(Refusal& refusal)
{
  if (!unanswered_)
    return std::nullopt;
  const NamedJob named = job_named(unanswered_->name, spec_.slurm.arguments);
  if (!named.is_known) {
    refusal.reason = named.reason;
    refusal.advice = "see whether sinfo answers, and call the sweep again with --resume then";
    return std::nullopt;
  }
  const std::size_t tasks = std::exchange(unanswered_, std::nullopt)->tasks;
  return named.job ? std::optional(take_first(tasks, *named.job)) : std::nullopt;
}

ArrayJob SlurmHandover::array_of(std::size_t count, const SweepBoard& board) const
{
  const SweepFolder& folder = board.folder();
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
  SlurmSubmission submission = submission_of({waiting_.begin(), end}, board);
  submission.program = program_;
  folder.write("slurm/task.sh", TaskScript);
  const std::string pending =
      folder.file(fmt::format("slurm/points-{}.json", board.point(waiting_.front().front()).digest));
  const std::string text = to_json(submission);
  sim::metrics::write_whole(pending, text);
  // Others may run the same points elsewhere, and points that were lost are handed over again.
  const std::string whole = fs::absolute(folder.path()).string() + text;
  return {.name = fmt::format("cmsim-{}-{}", sim::config::digest(whole), handed_over_),
          .tasks = count,
          // Absolute: a folder's name may look like an option of sbatch.
          .script = fs::absolute(folder.file("slurm/task.sh")).string(),
          .command = task_command(spec_, folder.path(), pending),
          .log = without_patterns(folder.file("slurm/")) + "%A_%a.log",
          .partition = spec_.slurm.partition,
          .time = spec_.slurm.time,
          .arguments = spec_.slurm.arguments};
}

HandedOver SlurmHandover::take_first(std::size_t count, const JobId& job)
{
  const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(count);
  HandedOver handed{.job = job, .chunks = {std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end)}};
  waiting_.erase(waiting_.begin(), end);
  ++handed_over_;
  // A cluster that was full may take more by now.
  most_at_once_ = std::min(limits_.array, 2 * most_at_once_);
  retry_.succeed();
  has_complained_ = false;
  const std::size_t size = std::ranges::max_element(handed.chunks, {}, &PointChunk::size)->size();
  spec_.notice(fmt::format("handed {} points to Slurm as job {}, {} tasks of up to {}", points_in(handed.chunks),
                           job.text(), count, size));
  return handed;
}

bool SlurmHandover::cope_with(const Refusal& refusal, std::size_t count, std::size_t tasks)
{
  const bool is_full = refusal.kind == RefusalKind::Full;
  if (count > 1 && (is_full || refusal.kind == RefusalKind::Array)) {
    most_at_once_ = count / 2;
    // An array that is too large stays too large; a full queue does not stay full.
    if (!is_full)
      limits_.array = most_at_once_;
    return true;
  }
  if (refusal.kind == RefusalKind::Permanent || refusal.kind == RefusalKind::Array || retry_.is_hopeless()) {
    give_up(refusal);
    return false;
  }
  if (!std::exchange(has_complained_, true))
    spec_.notice(fmt::format("sbatch: {}; trying again", refusal.reason));
  // Tasks of ours make room as they end.
  if (is_full && tasks > 0)
    retry_.wait();
  else
    retry_.fail();
  return false;
}

void SlurmHandover::give_up(const Refusal& refusal)
{
  refusal_ = fmt::format("{}; {}", refusal.reason, refusal.advice);
}

}  // namespace cm::tools
