// Parameters of the test of the exchange kernels: a group of ranks with equally many tokens each.
#pragma once

#include "models/network/machine.h"
#include "sim/config/reader.h"
#include "sim/config/unused_key.h"
#include "workloads/exchanges/expert_exchange.h"
#include "workloads/expert_parallel/expert_choices.h"

#include <cstdint>
#include <string>
#include <vector>

namespace cm::workloads {

struct EpSpec {
  std::uint32_t ep = 0;
  std::uint32_t tokens_per_rank = 128;
  Bytes row{2 * 7168};
  std::uint32_t experts = 256;
  std::uint32_t top_k = 8;
  bool shared_expert = true;
  int aiv_cores = 0;
  ExchangeKind exchange = ExchangeKind::Fused;
  bool quantised_dispatch = true;  // INT8 rows, else BF16
  ExpertChoices choices;
  std::uint32_t redundant = 0;
  std::string copies_note;  // what auto took; empty when the copies were given
  std::uint32_t repeats = 1;

  [[nodiscard]] std::uint32_t rows_per_token() const { return top_k + (shared_expert ? 1 : 0); }
  // Slots of routed experts; the test has no copies of a shared one.
  [[nodiscard]] models::SlotSpec slots(const models::MachineSpec& machine) const;
};

// `machine` is changed where the workload chooses policies of its own, or another plane.
EpSpec read_ep(sim::config::Reader& workload, models::MachineSpec& machine);

// Keys that such a test has no use for.
std::vector<sim::config::UnusedKey> unused_keys(const EpSpec& spec, const models::MachineSpec& machine);

}  // namespace cm::workloads
