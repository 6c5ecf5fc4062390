// A small token-level trace for runs without a real one: drawn from a skewed gate, so that hot experts stay hot. It has
// no correlation between layers or between neighbouring tokens, which real traces have.
#pragma once

#include "models/experts/recorded_routing.h"

namespace cm::workloads {

struct GeneratedTraceSpec {
  std::uint32_t layers = 0;
  std::uint32_t experts = 0;  // at most 256
  std::uint32_t top_k = 0;
  double sigma = 0;  // of the log-normal loads
  std::uint64_t tokens = 4096;
};

models::TokenTrace generate_token_trace(const GeneratedTraceSpec& spec, std::uint64_t seed);

}  // namespace cm::workloads
