// How unevenly experts loaded the ranks of a real deployment, from the text log of an expert-parallel load balancer,
// plain or gzip:
//   vLLM    "... avg_tokens=512.00, max_tokens=800, balancedness=0.6400, ..." a step (log_balancedness), tokens of the
//           mean and of the fullest rank, summed over layers
//   SGLang  "[Expert Balancedness] ... current_pass_balancedness=0.610 ... gpu_physical_count_sum=8192" a forward pass
// Other lines are passed over. Such a log says how full the fullest rank is, and nothing of which experts are chosen.
#pragma once

#include "workloads/traces/token_trace_file.h"

#include <cstdint>
#include <string>

namespace cm::workloads {

struct EplbLog {
  // Load of the fullest rank over the mean, at least 1: all steps together, each by its tokens.
  double imbalance = 1;
  std::uint64_t steps = 0;  // with any tokens

  friend bool operator==(const EplbLog&, const EplbLog&) = default;
};

ReadOrProblems<EplbLog> read_eplb_log(const std::string& path);

}  // namespace cm::workloads
