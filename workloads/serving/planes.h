// The networks between instances, pool and the world, as SimGrid's flow model simulates them: RDMA, VPC, and the part
// of the UB plane that moves keys and values. What enters a plane must come out of it.
#pragma once

#include "models/network/machine.h"
#include "sim/engine/engine.h"
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
  [[nodiscard]] std::size_t prefill_on_ub(std::uint32_t instance) const { return instance; }
  [[nodiscard]] std::size_t decode_on_ub(std::uint32_t rank) const { return first_decode_ + rank; }
  [[nodiscard]] std::size_t node_on_ub(std::uint32_t node) const { return first_node_ + node; }
  // Endpoints of the VPC plane beside the nodes.
  [[nodiscard]] std::size_t clients() const { return nodes_; }
  [[nodiscard]] std::size_t storage() const { return nodes_ + 1; }

  [[nodiscard]] std::int64_t entered(Plane plane) const { return entered_[static_cast<std::size_t>(plane)]; }
  [[nodiscard]] std::int64_t left(Plane plane) const { return left_[static_cast<std::size_t>(plane)]; }

 private:
  std::size_t first_decode_ = 0;
  std::size_t first_node_ = 0;
  std::size_t nodes_ = 0;
  std::array<std::size_t, PlaneCount> index_{};
  std::array<std::int64_t, PlaneCount> entered_{};  // bytes
  std::array<std::int64_t, PlaneCount> left_{};
};

}  // namespace cm::workloads
