// The size of a supernode and the width of its links. Every number comes from a machine file.
#pragma once

#include "sim/units/quantity.h"

#include <cstdint>

namespace cm::topology {

struct SupernodeSpec {
  std::uint32_t nodes = 0;
  std::uint32_t nodes_per_rack = 0;
  std::uint32_t npus_per_node = 0;
  std::uint32_t dies_per_npu = 0;
  std::uint32_t cpus_per_node = 0;
  std::uint32_t sub_planes = 0;
  std::uint32_t l2_per_sub_plane = 0;
  std::uint32_t cpu_lanes = 0;  // the sub-planes that cpu_bandwidth was published for

  // All of one direction.
  BytesPerSecond lane_bandwidth;    // die to L1 chip, per sub-plane
  BytesPerSecond uplink_bandwidth;  // per L1-L2 link
  BytesPerSecond cpu_bandwidth;     // per socket, cpu_lanes sub-planes together
  BytesPerSecond die_to_die_bandwidth;
  BytesPerSecond rdma_bandwidth;  // per die
  BytesPerSecond vpc_bandwidth;   // per node

  [[nodiscard]] std::uint32_t racks() const { return (nodes + nodes_per_rack - 1) / nodes_per_rack; }

  [[nodiscard]] std::uint32_t dies_per_node() const { return npus_per_node * dies_per_npu; }

  [[nodiscard]] std::uint32_t npus() const { return nodes * npus_per_node; }

  [[nodiscard]] std::uint32_t dies() const { return nodes * dies_per_node(); }

  [[nodiscard]] std::uint32_t cpus() const { return nodes * cpus_per_node; }

  [[nodiscard]] std::uint32_t ub_endpoints() const { return dies() + cpus(); }

  // Lanes of a die or a CPU into the scale-up fabric: one to each sub-plane.
  [[nodiscard]] std::uint32_t lanes() const { return sub_planes; }

  // Switch chips of the upper tier that a lane reaches; 0: there is one tier.
  [[nodiscard]] std::uint32_t spines() const { return l2_per_sub_plane; }

  // Sum over all lanes of a die.
  [[nodiscard]] BytesPerSecond die_bandwidth() const { return lane_bandwidth * static_cast<double>(lanes()); }

  // A machine with fewer sub-planes has slower CPUs, not wider lanes.
  [[nodiscard]] BytesPerSecond cpu_lane_bandwidth() const { return cpu_bandwidth / static_cast<double>(cpu_lanes); }

  friend bool operator==(const SupernodeSpec&, const SupernodeSpec&) = default;
};

}  // namespace cm::topology
