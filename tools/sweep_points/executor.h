// Where the points of a sweep run.
#pragma once

#include "tools/sweep_points/sweep_board.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace cm::tools {

// How often a cluster is looked at and asked again.
struct SlurmPace {
  std::chrono::milliseconds look{500};          // between looks at the files; squeue is asked every fourth time
  std::chrono::milliseconds first_retry{2000};  // the wait for the next try doubles with each that fails
  std::chrono::milliseconds last_retry = std::chrono::minutes(1);
  std::chrono::milliseconds patience = std::chrono::hours(1);  // tries that all fail end after this time
};

struct SlurmOptions {
  std::int64_t chunk = 0;              // points of one array task; 0: as many as make a hundred tasks
  std::string partition;               // empty: Slurm's default
  std::string time;                    // limit of one array task, as sbatch takes it; empty: the partition's
  std::vector<std::string> arguments;  // more of sbatch's own options
  SlurmPace pace;
};

// Inputs that an executor is made from. All of it is known before the first point runs.
struct ExecutorSpec {
  std::string sweep;        // path of the sweep's file
  std::string config_root;  // folder with machines/, models/ and so on
  std::int64_t jobs = 1;    // points that run at a time on this computer
  SlurmOptions slurm;
  std::function<void(const std::string&)> notice;  // for sentences that the user should not miss
  std::vector<std::string> sets{};                 // "key=value" of the command line, for every point
  std::string name{};                              // of a shipped sweep that was called by its name

  [[nodiscard]] SweepSource source() const { return {sweep, config_root, sets, name}; }
  [[nodiscard]] const std::string& called() const { return name.empty() ? sweep : name; }
};

class Executor {
 public:
  Executor() = default;
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  virtual ~Executor() = default;

  // Runs points (their indices) and tells the board what became of each. Returns when the board has a record of all of
  // them, or the signal that asked us to stop before that (0 otherwise).
  virtual int run(std::span<const std::size_t> points, SweepBoard& board) = 0;
};

}  // namespace cm::tools
