// Routing that was recorded from a real model: which experts every token chose, or only how often each was chosen.
// Layers are MoE layers, counted from 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace cm::models {

// Token by token, in the order of the text. Experts have at most eight bits, as in the published traces.
struct TokenTrace {
  std::uint64_t tokens = 0;
  std::uint32_t layers = 0;
  std::uint32_t experts = 0;
  std::uint32_t top_k = 0;
  std::vector<std::uint8_t> chosen;  // [token][layer][k]

  // The experts of one token in one layer, distinct.
  [[nodiscard]] std::span<const std::uint8_t> row(std::uint64_t token, std::uint32_t layer) const
  {
    return {&chosen[(token * layers + layer) * top_k], top_k};
  }
};

// Number of times that each expert was chosen.
struct ExpertCounts {
  std::uint32_t layers = 0;
  std::uint32_t experts = 0;
  std::vector<std::uint64_t>
      counts;  // [layer][expert]; of every layer at least top-k above zero, none above its sum / top-k

  [[nodiscard]] std::span<const std::uint64_t> layer(std::uint32_t number) const
  {
    return {&counts[static_cast<std::size_t>(number) * experts], experts};
  }
};

// Number of times that the tokens of a trace chose each expert in one layer.
std::vector<double> count_experts(const TokenTrace& trace, std::uint32_t layer);

// Choice of the trace's tokens for an exchange. Neighbours in the trace belong to one request: `together` of
// them go to a rank's neighbouring tokens. With `requests` above zero these requests start evenly spread over the
// trace; else one follows the other. Both ends of the trace are joined.
struct TraceWalk {
  std::uint64_t first = 0;
  std::uint64_t together = 1;
  std::uint64_t requests = 0;

  // Trace row of the exchange's token `number`, counted over all ranks.
  [[nodiscard]] std::uint64_t row(std::uint64_t number, std::uint64_t tokens) const
  {
    const std::uint64_t start = requests == 0 ? number - number % together : number / together * tokens / requests;
    return (first + start + number % together) % tokens;
  }
};

}  // namespace cm::models
