// Record of one handover to Slurm: which points, in chunks of one array task each. A file in the sweep's folder, so
// that tasks find their points, and a resumed sweep the jobs that still run.
#pragma once

#include "tools/sweep_points/sweep_board.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace cm::tools {

struct SubmittedPoint {
  std::size_t index = 0;  // in the plan
  std::string digest;
};

struct SlurmSubmission {
  std::string program;  // digest of the program that its tasks shall run
  std::vector<std::vector<SubmittedPoint>> chunks;

  [[nodiscard]] std::vector<std::vector<std::size_t>> points() const;  // indices, by chunk
};

// Submission of the points of each task, without a program.
SlurmSubmission submission_of(const std::vector<std::vector<std::size_t>>& chunks, const SweepBoard& board);

std::string to_json(const SlurmSubmission& submission);
// Empty when there is no such file. Throws ConfigError with the place when it is none of ours or damaged.
std::optional<SlurmSubmission> read_submission(const std::string& path);

// Whether its points are still those of the plan, and the program is the same.
bool is_current(const SlurmSubmission& submission, const SweepBoard& board, const std::string& program);

}  // namespace cm::tools
