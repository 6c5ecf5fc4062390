// How long a decode iteration and a prefill batch take: simulated packet by packet on an idle machine once per cell, on
// a data plane of their own, and interpolated between cells.
//
//   decode   (batch per NPU, mean KV length)
//   prefill  (new tokens, cached tokens, mean tokens that a new one attends to): all that a batch's time depends on
//
// Each number of microbatches that a deployment leaves open has a table of its own: its times are near to linear, while
// their minimum has a bend where one takes over from the other.
#pragma once

#include "workloads/cells/cell_store.h"
#include "workloads/decode/decode_spec.h"
#include "workloads/prefill/prefill_spec.h"

#include <string>
#include <vector>

namespace cm::workloads {

// One mode a number of microbatches; the fastest is taken. More of a coordinate never takes less time.
class PhaseCells {
 public:
  // Least of the first coordinate that its tables are for, 0: any; and these: of an instance that has all of its lanes,
  // and one that has all but LanesProbed of them.
  struct Mode {
    double least = 0;
    CellTable idle;
    CellTable narrowed;
  };
  static constexpr double LanesProbed = 0.5;

  explicit PhaseCells(std::vector<Mode> modes) : modes_(std::move(modes)) {}

  // `share` of the lanes is taken by others, a mean over time: in proportion to it the time grows.
  Cell at(const CellTable::Point& point, double share);

  [[nodiscard]] std::size_t cells() const;
  // Leave-one-out error of all tables.
  [[nodiscard]] CellTable::Error leave_one_out() const;

 private:
  std::vector<Mode> modes_;
};

// Deployments of both phases, each with the machine's fabric under the policies that it chooses. Borrowed.
struct CellPhases {
  const DecodeSpec& decode;  // batch_per_npu is the largest batch
  const models::UbSpec& decode_fabric;
  const PrefillDeployment& prefill;
  const models::UbSpec& prefill_fabric;
};

// Inputs with which cells of both phases are simulated. Borrowed.
struct CellInputs {
  const models::ModelSpec& model;
  const models::MachineSpec& machine;
  const topology::Supernode& supernode;
  std::int64_t layers = 0;  // MoE layers of a cell
  std::uint64_t seed = 1;
};

class IterationCells {
 public:
  // All but the machine are borrowed.
  IterationCells(const CellPhases& phases, const CellInputs& inputs, const CellStore& store);
  // Its cells refer to its machines.
  IterationCells(const IterationCells&) = delete;
  IterationCells& operator=(const IterationCells&) = delete;

  // Batch: of the busiest die, as if all dies were as busy. Keys and values take `kv_share` of the lanes of one die.
  Cell decode_iteration(double batch_per_npu, double kv_tokens, double kv_share = 0)
  {
    return decode_.at({batch_per_npu, kv_tokens}, kv_share);
  }
  // With the host's work before and after. Keys and values take `kv_share` of the lanes of every die.
  Cell prefill_batch(const PrefillLoad& load, double kv_share = 0);

  [[nodiscard]] const PhaseCells& decode() const { return decode_; }
  [[nodiscard]] const PhaseCells& prefill() const { return prefill_; }

 private:
  // Machine of each phase, under the policies that the phase chooses.
  models::MachineSpec prefill_machine_;
  models::MachineSpec decode_machine_;
  PhaseCells decode_;
  PhaseCells prefill_;
};

}  // namespace cm::workloads
