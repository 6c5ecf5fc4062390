// Report of a calibration: for people, for scripts, and as the files that hold the fitted numbers.
#pragma once

#include "sim/metrics/result.h"
#include "tools/calibrate/calibrate.h"
#include "tools/files/output_folder.h"

#include <string>
#include <vector>

namespace cm::tools {

// Throws ConfigError unless every parameter stands, as a number with evidence, in one of the calibration's files.
void require_written_numbers(const Calibration& calibration);

// Parameters beside what is shipped, then every row: published, simulated, error, fitted or predicted; of a fit that
// did not come to its end the best so far, and the journal that keeps its runs.
std::string calibration_table(const Calibration& calibration, const CalibrationOutcome& outcome,
                              const RunJournal* journal = nullptr);

// A metric per parameter, named by its key, and one per row. `path` is the calibration's file.
sim::metrics::Result calibration_result(const std::string& path, const CalibrationOutcome& outcome);

// The calibration's files, under their own names, with the fitted numbers in them. `path` is the calibration's file.
std::vector<OutputFolder::File> calibrated_files(const std::string& path, const Calibration& calibration,
                                                 const CalibrationOutcome& outcome);

}  // namespace cm::tools
