// Keys of the machine that an exchange of tokens with experts has no use for.
#pragma once

#include "models/network/machine.h"
#include "sim/config/unused_key.h"
#include "workloads/expert_parallel/expert_exchange.h"

#include <cstdint>
#include <vector>

namespace cm::workloads {

// `ranks` on consecutive dies from die 0.
void add_unused_exchange_keys(ExchangeKind kind, std::uint32_t ranks, const models::MachineSpec& machine,
                              std::vector<sim::config::UnusedKey>& unused);

}  // namespace cm::workloads
