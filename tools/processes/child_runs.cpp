#include "tools/processes/child_runs.h"

#include "sim/config/suggestion.h"
#include "sim/diagnostics/errors.h"
#include "tools/processes/process.h"
#include "tools/processes/progress_report.h"
#include "tools/runner/run.h"
#include "tools/terminal/table_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <memory>
#include <utility>

namespace cm::tools {
namespace {

constexpr int EndedBySignal = 128;
constexpr int Refused = 2;
constexpr int Crashed = 3;
constexpr auto ProgressInterval = std::chrono::milliseconds(200);
constexpr std::size_t MostReasons = 10;

ProcessSpec process_of(const ChildRun& run, const std::string& program)
{
  std::vector<std::string> words{"cmsim", "run", "--configs=" + run.config_root, "--format=json",
                                 fmt::format("--progress-to={}", ReportDescriptor)};
  if (run.seed)
    words.push_back(fmt::format("--seed={}", *run.seed));
  for (const PlacedSetting& setting : run.settings)
    words.push_back("--set-at=" + to_argument(setting));
  for (const std::string& set : run.sets)
    words.push_back("--set=" + set);
  // Behind it nothing is an option, whatever the file is called.
  words.insert(words.end(), {"--", run.scenario});
  return {.program = program, .arguments = std::move(words), .stops = StopRequests::AreOurs, .reports_progress = true};
}

std::string without_last_newlines(std::string text)
{
  while (text.ends_with('\n'))
    text.pop_back();
  return text;
}

// Signals by which people, limits of resources and the system end a run. Any other one is a crash, and a mistake of
// ours.
bool is_sent_from_outside(int signal)
{
  constexpr std::array<int, 4> FromOutside{SIGKILL, SIGTERM, SIGINT, SIGXCPU};
  return std::ranges::find(FromOutside, signal) != FromOutside.end();
}

ChildOutcome outcome_of(const ChildRun& run, const Process& process)
{
  const int status = process.status();
  if (status == 0)
    return {.end = ChildEnd::Done, .output = process.output(), .reason = {}};
  const std::string words = without_last_newlines(process.complaint());
  if (const int signal = process.signal(); signal != 0)
    return {.end = is_sent_from_outside(signal) ? ChildEnd::Refused : ChildEnd::Crashed,
            .output = {},
            .reason = fmt::format("{}: the run of {} was ended by signal {} ({}){}{}", run.origin, run.scenario, signal,
                                  ::strsignal(signal), words.empty() ? "" : "\n", words)};
  if (status == Refused)
    return {.end = ChildEnd::Refused,
            .output = {},
            .reason = fmt::format("{}: {} is refused\n{}", run.origin, run.scenario, words)};
  return {.end = ChildEnd::Crashed,
          .output = {},
          .reason = fmt::format("{}: the run of {} ended with status {}\n{}", run.origin, run.scenario, status, words)};
}

}  // namespace

struct ChildRuns::Working {
  std::size_t run;
  std::unique_ptr<Process> process;
};

ScenarioRequest request_of(const ChildRun& run, sim::config::ReadingLog& log)
{
  ScenarioRequest request{.path = run.scenario, .sets = run.sets, .seed = run.seed, .config_root = run.config_root};
  request.changes = changes_of_settings(run.settings, log);
  return request;
}

void require_valid(const ChildRun& run)
{
  sim::config::ReadingLog log;
  const ScenarioRequest request = request_of(run, log);
  throw_if_any(log);
  if (const ScenarioCheck check = check_scenario(request); !check.problems.empty())
    throw ConfigError(sim::config::joined(check.problems, "\n"));
}

int Shortfall::status() const
{
  if (stop_signal != 0)
    return EndedBySignal + stop_signal;
  if (has_crash)
    return Crashed;
  return failed > 0 ? Refused : 0;
}

ChildRuns::ChildRuns(ChildRunsSpec spec, sim::metrics::Progress& progress) : spec_(std::move(spec)), progress_(progress)
{
}

std::vector<ChildOutcome> ChildRuns::run(const std::vector<ChildRun>& runs, const Watch& watch)
{
  std::vector<ChildOutcome> outcomes(runs.size());
  std::vector<std::string> names(runs.size());  // in the journal
  std::vector<Working> working;
  std::size_t next = 0;
  bool goes_on = true;
  const auto take = [&](std::size_t index, ChildOutcome outcome) {
    outcomes[index] = std::move(outcome);
    count(outcomes[index]);
    goes_on = (!watch || watch(index, outcomes[index])) && goes_on;
  };
  RunJournal* const journal = spec_.journal;
  const auto jobs = static_cast<std::size_t>(std::max(1, spec_.jobs));
  expected_ = std::max(expected_, ended_ + runs.size());
  while (goes_on && shortfall_.stop_signal == 0 && (next < runs.size() || !working.empty())) {
    while (goes_on && next < runs.size() && working.size() < jobs) {
      const std::size_t index = next++;
      names[index] = journal != nullptr ? journal->name_of(runs[index]) : std::string();
      if (auto kept = journal != nullptr ? journal->find(names[index]) : std::nullopt)
        take(index, {.end = ChildEnd::Done, .output = *std::move(kept), .reason = {}});
      else
        working.push_back({index, std::make_unique<Process>(process_of(runs[index], spec_.program))});
    }
    show(runs, working);
    if (working.empty())
      continue;
    signals_.wait(ProgressInterval);
    shortfall_.stop_signal = signals_.stop_signal();
    for (std::size_t i = 0; i < working.size();) {
      if (!working[i].process->has_ended()) {
        ++i;
        continue;
      }
      const Working ended = std::move(working[i]);
      working.erase(working.begin() + static_cast<std::ptrdiff_t>(i));
      ChildOutcome outcome = outcome_of(runs[ended.run], *ended.process);
      if (journal != nullptr && outcome.end == ChildEnd::Done)
        journal->add(names[ended.run], outcome.output);
      take(ended.run, std::move(outcome));
    }
  }
  return outcomes;
}

void ChildRuns::count(const ChildOutcome& outcome)
{
  ++ended_;
  if (outcome.end == ChildEnd::Done)
    return;
  ++shortfall_.failed;
  shortfall_.has_crash = shortfall_.has_crash || outcome.end == ChildEnd::Crashed;
  if (std::ranges::find(shortfall_.failures, outcome.reason) == shortfall_.failures.end())
    shortfall_.failures.push_back(outcome.reason);
}

void ChildRuns::show(const std::vector<ChildRun>& runs, const std::vector<Working>& working)
{
  auto done = static_cast<double>(ended_);
  for (const Working& each : working)
    done += reported_share(each.process->report());
  std::string text = fmt::format("{} of {} runs finished", ended_, expected_);
  if (!working.empty())
    text += fmt::format(", {} at work: {}", working.size(), runs[working.front().run].title);
  progress_.update(done / static_cast<double>(std::max<std::size_t>(1, expected_)), text);
}

void throw_failures(const Shortfall& shortfall)
{
  const std::string text = sim::config::joined(shortfall.failures, "\n");
  if (shortfall.has_crash)
    throw SimulationError(text);
  throw ConfigError(text);
}

std::string partial_sentence(const Shortfall& shortfall, std::size_t known)
{
  std::string why;
  if (shortfall.stop_signal != 0)
    why = fmt::format("interrupted by signal {} ({})", shortfall.stop_signal, ::strsignal(shortfall.stop_signal));
  if (shortfall.failed > 0)
    why += fmt::format("{}{} {} failed", why.empty() ? "" : ", ", shortfall.failed,
                       shortfall.failed == 1 ? "run" : "runs");
  return fmt::format("{}; what is told rests on {} finished {}", why, known, known == 1 ? "run" : "runs");
}

std::string partial_text(const Shortfall& shortfall, std::size_t known, const RunJournal* journal)
{
  if (!shortfall.is_there())
    return {};
  std::string text = wrapped("PARTIAL: ", partial_sentence(shortfall, known), 2);
  if (journal != nullptr && known > 0)
    text += wrapped("  ", fmt::format("{} keeps them: the same command goes on from there", journal->path()), 2);
  for (std::size_t i = 0; i < std::min(shortfall.failures.size(), MostReasons); ++i)
    text += fmt::format("failed: {}\n", shortfall.failures[i]);
  if (shortfall.failures.size() > MostReasons)
    text += fmt::format("... and {} more\n", shortfall.failures.size() - MostReasons);
  if (shortfall.has_crash)
    text +=
        wrapped("", "A crash is a mistake in cmsim. Please report it with the scenario and the whole command line.", 0);
  return text;
}

}  // namespace cm::tools
