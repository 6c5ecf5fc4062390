// The networks between instances, pool and the world, as SimGrid's flow model simulates them: RDMA, VPC, and the part
// of the UB plane that moves keys and values. What enters a plane must come out of it.
//
// On UB an endpoint is a die with its SDMA engine, or a CPU. What a die's exchanges take of its lanes, a mean, is not
// there for keys and values; and what these take delays the exchanges (lane_use.h).
#pragma once

#include "models/network/machine.h"
#include "sim/engine/engine.h"
#include "workloads/serving/planes/lane_use.h"
#include "workloads/serving/serving_spec.h"

#include <array>
#include <vector>

namespace cm::workloads {

enum class Plane : std::uint8_t { Rdma, Vpc, Ub };
inline constexpr std::size_t PlaneCount = 3;

class Planes {
 public:
  // Adds the planes to the engine. All arguments are borrowed.
  Planes(const ServingSpec& spec, const models::MachineSpec& machine, sim::engine::Engine& engine);

  // Starts all transfers at once and blocks until the last has arrived.
  void move(sim::engine::Control& control, Plane plane, const std::vector<sim::engine::Control::Transfer>& transfers);

  // Endpoints of the UB plane.
  [[nodiscard]] std::size_t prefill_on_ub(std::uint32_t instance, std::uint32_t rank) const
  {
    return std::size_t{instance} * prefill_ranks_ + rank;
  }
  // `rank`: among those of all decode instances.
  [[nodiscard]] std::size_t decode_on_ub(std::uint32_t rank) const { return first_decode_ + rank; }
  [[nodiscard]] std::size_t cpu_on_ub(std::uint32_t cpu) const { return first_cpu_ + cpu; }
  // Endpoints of the VPC plane beside the nodes.
  [[nodiscard]] std::size_t clients() const { return nodes_; }
  [[nodiscard]] std::size_t storage() const { return nodes_ + 1; }

  // Instances are the prefill ones, and then those of decode.
  [[nodiscard]] std::size_t decode_instance(std::uint32_t number) const
  {
    return first_decode_ / prefill_ranks_ + number;
  }
  [[nodiscard]] LaneUse& lane_use(std::size_t instance) { return lane_use_[instance]; }
  // Sets the rate at which each die of an instance sends in exchanges from now on, a mean over time; 0 while it has
  // nothing to do. Keys and values get what is left of a die's rate, and at least half of it, from the next transfer on
  // that it has.
  void exchanges_take(std::size_t instance, BytesPerSecond rate) { exchanging_[instance] = rate; }

  [[nodiscard]] std::int64_t entered(Plane plane) const { return entered_[static_cast<std::size_t>(plane)]; }
  [[nodiscard]] std::int64_t left(Plane plane) const { return left_[static_cast<std::size_t>(plane)]; }

 private:
  [[nodiscard]] std::size_t instance_of(std::size_t die) const
  {
    return die < first_decode_ ? die / prefill_ranks_
                               : first_decode_ / prefill_ranks_ + (die - first_decode_) / decode_ranks_;
  }
  void leave_to_exchange(std::size_t die);
  void count_on_lanes(const sim::engine::Control::Transfer& transfer, Seconds begin, Seconds end);

  sim::engine::Engine& engine_;
  BytesPerSecond lanes_;             // of a die, one direction
  BytesPerSecond die_rate_;          // of its copies: what SDMA sends and its lanes carry
  std::uint32_t prefill_ranks_ = 0;  // of an instance
  std::uint32_t decode_ranks_ = 0;
  std::size_t first_decode_ = 0;
  std::size_t first_cpu_ = 0;
  std::size_t nodes_ = 0;
  std::array<std::size_t, PlaneCount> index_{};
  std::array<std::int64_t, PlaneCount> entered_{};  // bytes
  std::array<std::int64_t, PlaneCount> left_{};
  std::vector<LaneUse> lane_use_;           // [instance]
  std::vector<BytesPerSecond> exchanging_;  // [instance]
  std::vector<double> left_to_copies_;      // [die]: of its rate, as its link knows it
};

}  // namespace cm::workloads
