#include "models/experts/recorded_routing.h"

namespace cm::models {

std::vector<double> count_experts(const TokenTrace& trace, std::uint32_t layer)
{
  std::vector<double> counts(trace.experts);
  for (std::uint64_t token = 0; token < trace.tokens; ++token)
    for (const std::uint8_t expert : trace.row(token, layer))
      counts[expert] += 1;
  return counts;
}

}  // namespace cm::models
