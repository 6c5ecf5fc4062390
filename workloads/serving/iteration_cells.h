// How long a decode iteration and a prefill batch take: simulated packet by packet on an idle machine once per cell, on
// a data plane of their own, and interpolated between cells.
//
//   decode   (batch per NPU, mean KV length)
//   prefill  (new tokens, cached tokens, mean tokens that a new one attends to): all that a batch's time hangs
//   on
#pragma once

#include "workloads/serving/cell_store.h"
#include "workloads/serving/serving_spec.h"

namespace cm::workloads {

class IterationCells {
 public:
  // All borrowed.
  IterationCells(const ServingSpec& spec, const models::ModelSpec& model, const models::MachineSpec& machine,
                 const topology::Supernode& supernode, std::uint64_t seed, const CellStore& store);

  // Batch: of the busiest die, as if all dies were as busy.
  Seconds decode_iteration(double batch_per_npu, double kv_tokens)
  {
    return Seconds(decode_.at({batch_per_npu, kv_tokens}));
  }
  // With the host's work before and after.
  Seconds prefill_batch(const PrefillBatch& batch);

  [[nodiscard]] const CellTable& decode() const { return decode_; }
  [[nodiscard]] const CellTable& prefill() const { return prefill_; }

 private:
  const models::MachineSpec& machine_;
  CellTable decode_;
  CellTable prefill_;
};

}  // namespace cm::workloads
