#include "workloads/traces/generated_token_trace.h"

#include "models/experts/gate.h"
#include "sim/diagnostics/ensure.h"

namespace cm::workloads {

models::TokenTrace generate_token_trace(const GeneratedTraceSpec& spec, std::uint64_t seed)
{
  ensure(spec.experts <= 256, "a trace of {} experts has no room in a byte", spec.experts);
  models::TokenTrace trace{.tokens = spec.tokens,
                           .layers = spec.layers,
                           .experts = spec.experts,
                           .top_k = spec.top_k,
                           .chosen = std::vector<std::uint8_t>(spec.tokens * spec.layers * spec.top_k)};
  std::vector<std::uint32_t> chosen(spec.top_k);
  for (std::uint32_t layer = 0; layer < spec.layers; ++layer) {
    const models::Gate gate({.routing = models::Routing::Skewed,
                             .experts = spec.experts,
                             .top_k = spec.top_k,
                             .sigma = spec.sigma,
                             .profile = {},
                             .seed = seed},
                            layer);
    sim::RandomStream random(seed, "generated trace", layer);
    for (std::uint64_t token = 0; token < spec.tokens; ++token) {
      gate.choose({}, random, chosen);
      for (std::uint32_t k = 0; k < spec.top_k; ++k)
        trace.chosen[(token * spec.layers + layer) * spec.top_k + k] = static_cast<std::uint8_t>(chosen[k]);
    }
  }
  return trace;
}

}  // namespace cm::workloads
