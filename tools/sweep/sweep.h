// A sweep from its file to its table.
#pragma once

#include "sim/metrics/progress.h"
#include "tools/sweep_points/executor.h"

#include <string>
#include <vector>

namespace cm::tools {

struct SweepRequest {
  ExecutorSpec execution;
  std::string executor = "local";  // a name of the executor table
  std::string out;
  bool is_resumed = false;
};

// A point that gave no result, and why.
struct UndonePoint {
  std::size_t number = 0;
  std::string title;  // "ep, workload.ep=8"
  PointStatus status = PointStatus::Failed;
  std::string reason;
};

// A point with a result whose numbers depend on the length of the run, and why.
struct UnsteadyPoint {
  std::size_t number = 0;
  std::string title;
  std::string reason;
};

// A note of results, which several points may have.
struct PointNote {
  std::string text;
  std::size_t first = 0;   // number of the first point that has it
  std::size_t points = 0;  // how many have it
};

struct SweepOutcome {
  std::size_t points = 0;
  std::size_t kept = 0;  // finished by earlier calls
  PointCounts counts;
  std::vector<UndonePoint> undone;
  std::vector<UnsteadyPoint> unsteady;
  std::vector<PointNote> notes;
  std::vector<std::string> files;
  int stop_signal = 0;  // that ended it early
};

// Throws ConfigError before anything is run or written when the sweep's file is wrong or the folder cannot be taken,
// and later when a file cannot be written.
SweepOutcome run_sweep(const SweepRequest& request, sim::metrics::Progress& progress);

}  // namespace cm::tools
