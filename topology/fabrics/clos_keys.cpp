#include "topology/fabrics/clos_keys.h"

#include "topology/fabrics/fabric_keys.h"
#include "topology/fabrics/port_limits.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::topology {
namespace {

using sim::config::Key;
using sim::config::Reader;

constexpr int MostPlanes = 18;
constexpr int MostL2 = 48;

}  // namespace

ClosShape read_clos(Reader& fabric, std::uint32_t nodes)
{
  ClosShape shape;
  read_count(fabric,
             {"sub_planes", "disjoint Clos networks of the UB plane; each lane keeps its rate when there are fewer", 1,
              MostPlanes},
             shape.planes);
  int l2 = -1;
  fabric.required(Key{"l2_per_sub_plane",
                      "L2 switch chips in each sub-plane; 0: one node is the machine, with one tier", 0, MostL2},
                  l2);
  shape.l2_per_plane = static_cast<std::uint32_t>(std::max(l2, 0));
  if (l2 == 0 && nodes > 1)
    fabric.complain("l2_per_sub_plane", fmt::format("{} nodes need at least one L2 switch chip, found 0", nodes));
  read_count(fabric,
             {"cpu_lanes", "how many lanes cpu_bandwidth is spread over, whatever sub_planes says", 1, MostPlanes},
             shape.cpu_lanes);
  read_rate(fabric, "lane_bandwidth", "a die to the L1 chip of one sub-plane, one way", shape.die_lane);
  if (l2 != 0 || fabric.has("uplink_bandwidth"))
    read_rate(fabric, "uplink_bandwidth", "one L1 chip to one L2 chip, one way", shape.uplink);
  read_rate(fabric, "cpu_bandwidth", "a CPU socket to the UB plane, one way, cpu_lanes lanes together",
            shape.cpu_bandwidth);
  if (shape.cpu_lanes > 0 && shape.planes > shape.cpu_lanes)
    fabric.complain("sub_planes", fmt::format("expected at most {}, found {}: a CPU has one lane to each sub-plane, "
                                              "and {} of them ({}.cpu_lanes)",
                                              shape.cpu_lanes, shape.planes, shape.cpu_lanes, fabric.path()));
  return shape;
}

FabricPlan plan_read_clos(Reader& fabric, const ClosShape& shape, const FabricSite& site)
{
  const bool is_read = shape.planes > 0 && shape.cpu_lanes > 0 && shape.die_lane.count() > 0 &&
                       shape.cpu_bandwidth.count() > 0 && (shape.l2_per_plane == 0 || shape.uplink.count() > 0);
  if (!is_read || !fits(fabric, "sub_planes", expected_counts(shape, site), shape.planes))
    return {};
  return plan_clos(shape, site);
}

void check_clos_ports(Reader& machine, Reader& node, Reader& fabric, const ClosShape& shape, const FabricSite& site)
{
  PortLimits limits(fabric);
  limits.check("die", "ports of a die, one to each sub-plane; 0: not stated",
               {shape.planes, "sub-planes", "a die has one port to each"}, {fabric, {"sub_planes"}});
  limits.check(
      "l1_down", "ports of an L1 switch chip towards the dies and CPUs of its node; 0: not stated",
      {site.dies_per_node + site.cpus_per_node, "dies and CPUs in a node", "an L1 switch chip has one port to each"},
      {node, {"npus", "dies_per_npu", "cpus"}});
  limits.check("l1_up", "ports of an L1 switch chip towards the L2 switch chips; 0: not stated",
               {shape.l2_per_plane, "L2 switch chips in a sub-plane", "an L1 switch chip has one port to each"},
               {fabric, {"l2_per_sub_plane"}});
  limits.check("l2", "ports of an L2 switch chip, one to each node; 0: not stated",
               {shape.l2_per_plane > 0 ? site.nodes : 0, "nodes", "an L2 switch chip has one port to each"},
               {machine, {"nodes"}});
  limits.finish();
}

}  // namespace cm::topology
