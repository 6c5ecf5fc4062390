// Where the tokens of one exchange go: drawn from a layer's gate, mapped to ranks by the placement.
#pragma once

#include "models/experts/gate.h"
#include "models/experts/placement.h"

#include <cstdint>
#include <vector>

namespace cm::workloads {

// How the shared expert is reached.
enum class SharedMessages {
  None,
  Nearest,   // the copy that serves the rank
  Anywhere,  // a uniformly chosen rank, as in the published test of the kernels
};

// Messages of one dispatch; combine sends the same ones back.
struct ExchangeTraffic {
  std::uint32_t ranks = 0;
  std::vector<std::vector<std::uint32_t>> destinations;  // [source], in token order
  std::vector<std::uint32_t> counts;                     // [source * ranks + destination]
  std::vector<std::uint32_t> received;                   // [destination]
  std::vector<std::uint32_t> received_routed;            // [destination]: without shared-expert messages
};

struct RoutingTask {
  const models::Gate& gate;
  const models::Placement& placement;
  SharedMessages shared = SharedMessages::None;
  std::uint32_t top_k = 0;
  models::TraceWalk walk{};  // of a gate that goes by a trace
};

// `tokens`: per rank. Equal arguments and streams in equal state give equal traffic. `traffic` is overwritten.
void route_tokens(const RoutingTask& task, const std::vector<std::uint32_t>& tokens, sim::RandomStream& random,
                  ExchangeTraffic& traffic);

}  // namespace cm::workloads
