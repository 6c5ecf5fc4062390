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
  // Where an expert's rows take the lane of its number, there and back; else all of these are empty.
  std::uint32_t expert_lanes = 0;
  std::vector<std::vector<std::uint8_t>> lanes;  // [source], as destinations
  std::vector<std::uint32_t> lane_counts;        // [(source * ranks + destination) * expert_lanes + lane]

  // Rows from source to destination on one lane; all of them where lanes do not go by experts.
  [[nodiscard]] std::uint32_t rows(std::uint32_t source, std::uint32_t destination, std::uint32_t lane) const
  {
    const std::size_t pair = static_cast<std::size_t>(source) * ranks + destination;
    return expert_lanes == 0 ? counts[pair] : lane_counts[pair * expert_lanes + lane];
  }
};

struct RoutingTask {
  const models::Gate& gate;
  const models::Placement& placement;
  SharedMessages shared = SharedMessages::None;
  std::uint32_t top_k = 0;
  models::TraceWalk walk{};  // of a gate that goes by a trace
  // A row for expert e takes lane e modulo so many; the shared expert's number follows the routed ones, copies have the
  // number of what they are copies of. 0: the fabric chooses.
  std::uint32_t expert_lanes = 0;
};

// `tokens`: per rank. Equal arguments and streams in equal state give equal traffic. `traffic` is overwritten.
void route_tokens(const RoutingTask& task, const std::vector<std::uint32_t>& tokens, sim::RandomStream& random,
                  ExchangeTraffic& traffic);

}  // namespace cm::workloads
