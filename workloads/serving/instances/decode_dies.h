// Dies of a decode instance as requests see them: places in the batch, and memory that requests reserve for the keys
// and values of prompt and answer.
#pragma once

#include "workloads/serving/routers/die_choice.h"
#include "workloads/serving/serving_spec.h"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace cm::workloads {

class DecodeDies {
 public:
  DecodeDies(std::uint32_t dies, const DieRoom& room_of_each);

  [[nodiscard]] std::span<const DieLoad> loads() const { return loads_; }
  [[nodiscard]] const DieRoom& room() const { return room_; }  // of a die
  // Sum over the dies.
  [[nodiscard]] std::int64_t places() const { return room_.places * static_cast<std::int64_t>(loads_.size()); }
  [[nodiscard]] bool has_place() const;              // on any die, whatever memory is left
  [[nodiscard]] std::int64_t most_requests() const;  // on one die
  // Most memory that requests have reserved on one die so far.
  [[nodiscard]] Bytes reserved_most() const { return reserved_most_; }

  // A request takes a place and memory on a die that has both.
  void reserve(std::uint32_t die, Bytes memory);
  void release(std::uint32_t die, Bytes memory);

 private:
  DieRoom room_;
  std::vector<DieLoad> loads_;  // [die]
  Bytes reserved_most_;
};

// Room of a decode die: the share of `batch_per_npu` that it takes, and the HBM that weights and buffers leave. Throws
// RefusedByModel when they leave none.
DieRoom room_of_decode_die(const ServingSpec& spec, const models::ModelSpec& model, const models::MachineSpec& machine);

}  // namespace cm::workloads
