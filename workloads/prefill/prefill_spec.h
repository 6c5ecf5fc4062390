// Parameters of a prefill run: how an instance is deployed, and the prompts of one load.
#pragma once

#include "models/experts/gate.h"
#include "models/experts/placement.h"
#include "models/language_models/prefill_operators.h"
#include "models/memory/hbm_budget.h"
#include "models/network/machine.h"
#include "sim/config/reader.h"
#include "sim/config/unused_key.h"
#include "workloads/prefill/batch.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace cm::workloads {

enum class PrefillMicrobatches { Auto, One, Two };

// How an instance works, whatever its prompts.
struct PrefillDeployment {
  std::uint32_t ranks = 0;  // dies, consecutive
  PrefillMicrobatches microbatches = PrefillMicrobatches::Auto;
  models::Quantisation quantisation = models::Quantisation::Int8;
  models::Routing routing = models::Routing::Balanced;
  double sigma = 0;
  models::PlacementRule placement = models::PlacementRule::Balanced;
  std::uint32_t redundant = 0;
  std::uint32_t shared_copies = 0;    // one a die, or none
  std::string copies_note;            // what auto took; empty when all was given
  std::int64_t batch_tokens = 0;      // new tokens of a batch, of the whole instance, at most
  bool with_mtp = true;               // the MTP layer's cache is filled too
  std::int64_t layers_simulated = 0;  // of the MoE layers, at most; the others take their mean
  Bytes chunk;                        // largest piece that the fabric moves at a time

  // The MTP layer is one of them.
  [[nodiscard]] std::int64_t moe_layers(const models::ModelSpec& model) const;
  [[nodiscard]] models::GateSpec gate(const models::ModelSpec& model, std::uint64_t seed) const;
  // Routed experts and their redundant copies; the shared expert is on every die.
  [[nodiscard]] models::SlotSpec slots(const models::ModelSpec& model) const;
  [[nodiscard]] std::int64_t routed_slots(const models::ModelSpec& model) const;
};

struct PrefillSpec {
  PrefillDeployment deployment;
  std::uint32_t npus = 0;
  std::int64_t tokens_per_npu = 0;  // of prompts, the reused ones included
  std::int64_t prompt_length = 0;
  double reuse_rate = 0;  // share of every prompt that is found in a context cache

  std::string refusal;  // why the machine cannot run this although all keys are well-formed; empty when it can

  // As many prompts as the tokens make; the last one takes the rest.
  [[nodiscard]] PrefillBatch prompts() const;
};

// `machine` is changed where the workload chooses policies of its own.
PrefillSpec read_prefill(sim::config::Reader& workload, const models::ModelSpec& model, models::MachineSpec& machine);

// The same without the keys of a load's prompts: of an instance whose prompts come from elsewhere.
PrefillSpec read_prefill_instance(sim::config::Reader& workload, const models::ModelSpec& model,
                                  models::MachineSpec& machine);

// Keys of its section that an instance has no use for ("workload", "workload.prefill").
std::vector<sim::config::UnusedKey> unused_workload_keys(const PrefillSpec& spec, const models::ModelSpec& model,
                                                         const models::MachineSpec& machine,
                                                         const std::string& section);
// Keys of machine and model that a run of nothing but this prefill has no use for.
std::vector<sim::config::UnusedKey> unused_hardware_keys(const PrefillSpec& spec, const models::ModelSpec& model,
                                                         const models::MachineSpec& machine);

// One die's memory with the fullest of these batches.
models::HbmBudget prefill_budget(const PrefillDeployment& deployment, const models::ModelSpec& model,
                                 const models::DieSpec& die, const std::vector<PrefillBatch>& batches);

// A sentence on how many tokens of a batch the die has room for. `batches_of`: what there is to do when a batch has so
// many tokens at most.
std::string largest_prefill_text(const PrefillDeployment& deployment, const models::ModelSpec& model,
                                 const models::MachineSpec& machine,
                                 const std::function<std::vector<PrefillBatch>(std::int64_t)>& batches_of);

}  // namespace cm::workloads
