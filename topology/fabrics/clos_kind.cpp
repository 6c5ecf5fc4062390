#include "topology/fabrics/clos_keys.h"
#include "topology/fabrics/fabric_kinds.h"

#include <array>

namespace cm::topology {
namespace {

using sim::config::Reader;

FabricPlan read(Reader& fabric, const FabricSite& site)
{
  return plan_read_clos(fabric, read_clos(fabric, site.nodes), site);
}

constexpr std::array<FabricSample, 3> Samples{{
    {"two planes of two L2 chips",
     {.nodes = 3, .dies_per_node = 2, .cpus_per_node = 1},
     "{sub_planes: 2, l2_per_sub_plane: 2, cpu_lanes: 2, lane_bandwidth: 2 GB/s, uplink_bandwidth: 2 GB/s, "
     "cpu_bandwidth: 2 GB/s}"},
    {"one L2 chip for each plane",
     {.nodes = 2, .dies_per_node = 3, .cpus_per_node = 0},
     "{sub_planes: 3, l2_per_sub_plane: 1, cpu_lanes: 3, lane_bandwidth: 2 GB/s, uplink_bandwidth: 3 GB/s, "
     "cpu_bandwidth: 3 GB/s}"},
    {"one node with one tier",
     {.nodes = 1, .dies_per_node = 4, .cpus_per_node = 1},
     "{sub_planes: 2, l2_per_sub_plane: 0, cpu_lanes: 2, lane_bandwidth: 2 GB/s, cpu_bandwidth: 2 GB/s}"},
}};

}  // namespace

FabricKind clos_kind()
{
  return {"clos", "disjoint two-tier Clos networks, one a lane: the sub-planes of CloudMatrix384", read, Samples};
}

}  // namespace cm::topology
