// Parameters of a decode run: a fixed batch per NPU in steady state.
#pragma once

#include "models/compute/roofline.h"
#include "models/language_models/decode_operators.h"
#include "models/memory/hbm_budget.h"
#include "models/network/machine.h"
#include "sim/config/reader.h"
#include "sim/config/unused_key.h"
#include "workloads/exchanges/expert_exchange.h"
#include "workloads/expert_parallel/expert_choices.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cm::workloads {

enum class Microbatches { Auto, One, Two };

struct DecodeSpec {
  std::uint32_t ep = 0;  // 0 for a dense model; else all dies
  std::uint32_t tp = 1;  // consecutive dies that share a batch, its attention heads and its dense feed-forward
  std::uint32_t dp = 0;  // groups of tp dies, each with a batch of its own
  std::int64_t batch_per_npu = 0;
  std::int64_t prompt_length = 0;
  std::int64_t output_length = 0;
  std::int64_t mtp_tokens = 1;
  double mtp_acceptance = 0.7;
  Microbatches microbatches = Microbatches::Auto;
  std::optional<models::CoreShare> attention_cores;  // empty: auto
  bool takes_turns = false;                          // both microbatches compute on all cores, one at a time
  models::Quantisation quantisation = models::Quantisation::Int8;
  ExchangeKind exchange = ExchangeKind::Fused;
  bool quantised_dispatch = true;
  ExpertChoices choices{.routing = models::Routing::Measured, .placement = models::PlacementRule::Balanced};
  std::uint32_t redundant = 0;
  std::uint32_t shared_copies = 0;    // in slots
  bool shared_on_every_rank = false;  // beside the slots: each rank computes its own tokens' shared experts
  std::string copies_note;            // what auto took; empty when all was given
  std::uint32_t iterations = 1;
  std::string refusal;  // why the machine cannot run this although all keys are well-formed; empty when it can
  bool compare_quantisation = false;         // run the same in BF16, too
  std::optional<double> accuracy_retention;  // of INT8, as the user knows it

  [[nodiscard]] std::uint32_t dies() const { return dp * tp; }
  // 1 + a + a^2 + ... over the speculative tokens.
  [[nodiscard]] double tokens_per_iteration() const;
  // A token's answer holds that of the shared experts, from wherever.
  [[nodiscard]] bool has_shared() const { return shared_copies > 0 || shared_on_every_rank; }
  // Requests on one die; requests of an NPU are split as evenly as they go, the first die taking the odd one.
  [[nodiscard]] std::int64_t requests_on(std::uint32_t die, std::uint32_t dies_per_npu) const;
  // Requests of a tensor-parallel group: those that its dies' NPUs have for them. No group has more than the first.
  [[nodiscard]] std::int64_t requests_of_group(std::uint32_t group, std::uint32_t dies_per_npu) const;
  [[nodiscard]] models::SlotSpec slots(const models::ModelSpec& model, const models::MachineSpec& machine) const;
};

// `machine` is changed where the workload chooses policies of its own.
DecodeSpec read_decode(sim::config::Reader& workload, const models::ModelSpec& model, models::MachineSpec& machine);

// Keys of its section that the deployment has no use for ("workload", "workload.decode").
std::vector<sim::config::UnusedKey> unused_workload_keys(const DecodeSpec& spec, const models::ModelSpec& model,
                                                         const models::MachineSpec& machine,
                                                         const std::string& section);
// Keys of machine and model that a run of nothing but this decode has no use for.
std::vector<sim::config::UnusedKey> unused_hardware_keys(const DecodeSpec& spec, const models::ModelSpec& model,
                                                         const models::MachineSpec& machine);

// The busiest die's memory.
models::HbmBudget decode_budget(const DecodeSpec& spec, const models::ModelSpec& model,
                                const models::MachineSpec& machine);
// The largest batch per NPU up to the spec's for which it has room; 0: none.
std::int64_t largest_batch(const DecodeSpec& spec, const models::ModelSpec& model, const models::MachineSpec& machine);
std::string largest_batch_text(std::int64_t largest);

}  // namespace cm::workloads
