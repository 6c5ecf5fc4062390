// Runs of this program as child processes, some at a time: an engine lives once in a process.
#pragma once

#include "sim/metrics/progress.h"
#include "tools/processes/run_journal.h"
#include "tools/processes/signal_watch.h"
#include "tools/scenario/changes.h"
#include "tools/scenario/scenario.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace cm::tools {

// One run of a scenario that prints its result as JSON.
struct ChildRun {
  std::string origin;    // who wants it, with its place: "fit.yaml:4:5: row own"
  std::string title;     // for who waits: "machine.ub.lanes = 3"
  std::string scenario;  // path
  std::string config_root;
  std::optional<std::uint64_t> seed;
  std::vector<PlacedSetting> settings;  // from files
  std::vector<std::string> sets;        // "key=value" from the command line, after those
};

// Scenario that the run simulates. Problems of its settings go to the log.
ScenarioRequest request_of(const ChildRun& run, sim::config::ReadingLog& log);

// Throws ConfigError with all that is wrong with its scenario, without running it.
void require_valid(const ChildRun& run);

// Refused: by the program, or ended from outside (a limit, somebody's kill). Crashed: a mistake of ours.
enum class ChildEnd { NotRun, Done, Refused, Crashed };

struct ChildOutcome {
  ChildEnd end = ChildEnd::NotRun;
  std::string output;  // of a run that is done: the result, perhaps without what fills pages (RunJournal)
  std::string reason;  // of a failure: the run's own words behind its origin
};

// Reasons why runs that were wanted are missing.
struct Shortfall {
  int stop_signal = 0;                // that asked us to stop; 0: none
  std::vector<std::string> failures;  // reasons of runs, each once
  std::size_t failed = 0;             // runs
  bool has_crash = false;

  [[nodiscard]] bool is_there() const { return stop_signal != 0 || failed > 0; }
  // Exit status of a command that lacks the runs: that of the signal, of our mistake, of the user's; 0: none is
  // missing.
  [[nodiscard]] int status() const;
};

struct ChildRunsSpec {
  int jobs = 1;                            // runs at a time
  RunJournal* journal = nullptr;           // borrowed; takes runs that end and spares those that it has; null: none
  std::string program = "/proc/self/exe";  // that is called as cmsim
};

// All runs of one command. While it lives, Ctrl-C and other requests to stop end what runs, and the runs that were
// wanted are missing from then on.
class ChildRuns {
 public:
  // `progress` is borrowed and outlives this object.
  ChildRuns(ChildRunsSpec spec, sim::metrics::Progress& progress);
  ChildRuns(const ChildRuns&) = delete;
  ChildRuns& operator=(const ChildRuns&) = delete;
  ~ChildRuns() = default;

  // How many runs all calls together will come to, as far as is known: for the time that is left.
  void expect(std::size_t runs) { expected_ = runs; }

  // Told each outcome as it ends; false: no further run is worth while, and what runs is ended.
  using Watch = std::function<bool(std::size_t run, const ChildOutcome& outcome)>;

  // Outcomes in the order of the runs. One that fails does not keep the others.
  std::vector<ChildOutcome> run(const std::vector<ChildRun>& runs, const Watch& watch = {});

  [[nodiscard]] const Shortfall& shortfall() const { return shortfall_; }
  [[nodiscard]] std::size_t ended() const { return ended_; }

 private:
  struct Working;

  void show(const std::vector<ChildRun>& runs, const std::vector<Working>& working);
  void count(const ChildOutcome& outcome);

  ChildRunsSpec spec_;
  sim::metrics::Progress& progress_;
  SignalWatch signals_;
  Shortfall shortfall_;
  std::size_t ended_ = 0;
  std::size_t expected_ = 0;
};

// Throws what the shortfall's failures say, all of them, as ConfigError, or as SimulationError when there was a crash.
[[noreturn]] void throw_failures(const Shortfall& shortfall);

// "interrupted by signal 2 (Interrupt); what is told rests on 5 finished runs".
std::string partial_sentence(const Shortfall& shortfall, std::size_t known);

// Lines for the end of a table that lacks runs: how it ended, why runs failed, and how to go on. `known`: how many runs
// it has. Empty when nothing is missing.
std::string partial_text(const Shortfall& shortfall, std::size_t known, const RunJournal* journal);

}  // namespace cm::tools
