// Fits the free parameters of a calibration to its rows: the program's own runs, as child processes, inside a least
// squares fit.
#pragma once

#include "sim/metrics/progress.h"
#include "tools/calibrate/calibration.h"
#include "tools/processes/child_runs.h"

#include <cstddef>
#include <string>
#include <vector>

namespace cm::tools {

struct FittedParameter {
  FreeParameter parameter;
  double value = 0;        // rounded as the calibration says
  double exact = 0;        // before rounding
  double uncertainty = 0;  // standard deviation
  bool is_seen = true;     // whether a fitted row, or a prior, depends on it
};

struct ComparedRow {
  PublishedRow row;
  double simulated = 0;  // with the rounded values

  [[nodiscard]] double error() const { return simulated / row.published - 1; }
};

struct CalibrationOutcome {
  std::vector<FittedParameter> parameters;
  std::vector<ComparedRow> rows;
  int steps = 0;
  std::size_t runs = 0;   // of the program
  Shortfall shortfall{};  // of runs: the fit was not brought to its end, and the numbers are the best so far
};

struct CalibrationRuns {
  std::string config_root;
  int jobs = 1;
  RunJournal* journal = nullptr;  // borrowed; null: finished runs are not kept
};

// Why the numbers are not to be used, a sentence each with its place: a parameter that ends at a bound or that the rows
// leave open, a fitted row that is missed by more than its tolerance. None when the fit holds.
std::vector<std::string> problems_of(const CalibrationOutcome& outcome);

// Throws ConfigError, before anything runs, when a row's metric is none of its kind of workload, and with all that is
// wrong with the run of a row at the start of the parameters; later when a run does not report its metric. A fit that
// is stopped, or one of whose runs fails, tells how far it has come: its rows are the fitted ones, at its parameters
// before rounding.
CalibrationOutcome calibrate(const Calibration& calibration, const CalibrationRuns& runs,
                             sim::metrics::Progress& progress);

}  // namespace cm::tools
