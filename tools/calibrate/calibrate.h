// Fits the free parameters of a calibration to its rows: the program's own runs, as child processes, inside a least
// squares fit.
#pragma once

#include "sim/metrics/progress.h"
#include "tools/calibrate/calibration.h"

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
  int runs = 0;  // of the program
};

struct CalibrationRuns {
  std::string config_root;
  int jobs = 1;
};

// Why the numbers are not to be used, a sentence each with its place: a parameter that ends at a bound or that the rows
// leave open, a fitted row that is missed by more than its tolerance. None when the fit holds.
std::vector<std::string> problems_of(const CalibrationOutcome& outcome);

// Throws ConfigError when a run is refused or lacks a row's metric.
CalibrationOutcome calibrate(const Calibration& calibration, const CalibrationRuns& runs,
                             sim::metrics::Progress& progress);

}  // namespace cm::tools
