// Keys of the machine that the exchanges of a deployment do not use: with experts, and within tensor-parallel groups.
#pragma once

#include "models/network/machine.h"
#include "sim/config/unused_key.h"
#include "workloads/exchanges/expert_exchange.h"

#include <cstdint>
#include <vector>

namespace cm::workloads {

// Exchanges between `ranks` dies, consecutive from die 0.
struct ExchangeUse {
  bool with_experts = true;
  ExchangeKind kind = ExchangeKind::Fused;  // with experts
  std::uint32_t tensor_parallel = 1;
  std::uint32_t ranks = 0;
};

void add_unused_exchange_keys(const ExchangeUse& use, const models::MachineSpec& machine,
                              std::vector<sim::config::UnusedKey>& unused);

}  // namespace cm::workloads
