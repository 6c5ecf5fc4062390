// The size of a supernode and the width of its links. Every number comes from a machine file.
#pragma once

#include "sim/units/quantity.h"
#include "topology/fabrics/clos_plan.h"
#include "topology/fabrics/fabric_plan.h"

#include <cstdint>
#include <vector>

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

  // Whose packets are simulated, in the order of their roles; empty: the Clos of the counts above alone. With others
  // the numbers on lanes above are means over the lanes of all.
  std::vector<FabricPlan> fabrics{};

  [[nodiscard]] std::uint32_t racks() const { return (nodes + nodes_per_rack - 1) / nodes_per_rack; }

  [[nodiscard]] std::uint32_t dies_per_node() const { return npus_per_node * dies_per_npu; }

  [[nodiscard]] std::uint32_t npus() const { return nodes * npus_per_node; }

  [[nodiscard]] std::uint32_t dies() const { return nodes * dies_per_node(); }

  [[nodiscard]] std::uint32_t cpus() const { return nodes * cpus_per_node; }

  [[nodiscard]] std::uint32_t ub_endpoints() const { return dies() + cpus(); }

  [[nodiscard]] FabricSite site() const { return {nodes, dies_per_node(), cpus_per_node}; }

  // Lanes of a die or a CPU into all fabrics whose packets are simulated; into the Clos one to each sub-plane.
  [[nodiscard]] std::uint32_t lanes() const
  {
    std::uint32_t sum = fabrics.empty() ? sub_planes : 0;
    for (const FabricPlan& fabric : fabrics)
      sum += static_cast<std::uint32_t>(fabric.lanes.size());
    return sum;
  }

  // Switch chips of the upper tier of the Clos that a lane reaches; 0: there is one tier, or another kind of fabric.
  [[nodiscard]] std::uint32_t spines() const { return fabrics.empty() ? l2_per_sub_plane : 0; }

  // Sum over all lanes of a die.
  [[nodiscard]] BytesPerSecond die_bandwidth() const { return lane_bandwidth * static_cast<double>(lanes()); }

  // A machine with fewer sub-planes has slower CPUs, not wider lanes.
  [[nodiscard]] BytesPerSecond cpu_lane_bandwidth() const { return cpu_bandwidth / static_cast<double>(cpu_lanes); }

  // The Clos of the counts above.
  [[nodiscard]] ClosShape clos() const
  {
    return {sub_planes, l2_per_sub_plane, cpu_lanes, lane_bandwidth, uplink_bandwidth, cpu_bandwidth};
  }

  void set_clos(const ClosShape& shape)
  {
    sub_planes = shape.planes;
    l2_per_sub_plane = shape.l2_per_plane;
    cpu_lanes = shape.cpu_lanes;
    lane_bandwidth = shape.die_lane;
    uplink_bandwidth = shape.uplink;
    cpu_bandwidth = shape.cpu_bandwidth;
  }

  // The same nodes, with a single lane of that rate for each endpoint, one way.
  [[nodiscard]] SupernodeSpec with_one_lane(BytesPerSecond rate) const
  {
    SupernodeSpec spec = *this;
    spec.fabrics.clear();
    spec.sub_planes = 1;
    spec.cpu_lanes = 1;
    spec.l2_per_sub_plane = nodes > 1 ? 1 : 0;
    spec.lane_bandwidth = spec.uplink_bandwidth = spec.cpu_bandwidth = rate;
    return spec;
  }

  friend bool operator==(const SupernodeSpec&, const SupernodeSpec&) = default;
};

}  // namespace cm::topology
