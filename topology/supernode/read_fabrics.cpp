#include "topology/supernode/read_fabrics.h"

#include "topology/fabrics/clos_keys.h"
#include "topology/fabrics/fabric_keys.h"
#include "topology/fabrics/fabric_kind.h"

#include <fmt/format.h>

#include <utility>

namespace cm::topology {
namespace {

using sim::config::Reader;

// Numbers on lanes that hold whatever the fabric: means over the lanes of all.
void set_means(SupernodeSpec& spec)
{
  BytesPerSecond die;
  BytesPerSecond cpu;
  for (const FabricPlan& fabric : spec.fabrics) {
    die += lanes_rate(fabric, 0);
    cpu += lanes_rate(fabric, fabric.site.dies());
  }
  spec.cpu_lanes = spec.lanes();
  spec.lane_bandwidth = die / static_cast<double>(spec.lanes());
  spec.cpu_bandwidth = cpu;
}

void set_fabrics(std::vector<FabricPlan> fabrics, SupernodeSpec& spec)
{
  for (const FabricPlan& fabric : fabrics)
    if (!fabric.is_complete())
      return;
  spec.fabrics = std::move(fabrics);
  set_means(spec);
}

void refuse_islands(Reader& fabric, const FabricPlan& plan)
{
  if (plan.is_complete() && !is_clos(plan) && !plan.joins_nodes && plan.site.nodes > 1)
    fabric.complain(
        "joins", fmt::format("{} nodes need a fabric that joins them: expected machine, found node", plan.site.nodes));
}

// `nodes`: that a Clos must join.
FabricPlan read_one_of_two(const MachineSections& machine, Reader& fabric, std::uint32_t nodes,
                           const SupernodeSpec& spec)
{
  const FabricKind& kind = read_kind(fabric);
  if (!is_clos(kind))
    return read_fabric(fabric, kind, spec.site());
  const ClosShape shape = read_clos(fabric, nodes);
  check_clos_ports(machine.machine, machine.node, fabric, shape, spec.site());
  return plan_read_clos(fabric, shape, spec.site());
}

void refuse_joining(Reader& fabric, const FabricPlan& plan)
{
  if (!plan.is_complete() || !plan.joins_nodes || plan.site.nodes == 1)
    return;
  const std::string_view clos = "l2_per_sub_plane";
  fabric.complain(is_clos(plan) ? clos : "joins",
                  fmt::format("another fabric joins the nodes: expected {}, which lets this one end at a node",
                              is_clos(plan) ? "0" : "node"));
}

// What two fabrics have together must fit the packet fabric as well.
void refuse_too_large(Reader& scale_out, const FabricPlan& inside, const FabricPlan& between)
{
  if (!inside.is_complete() || !between.is_complete())
    return;
  const std::uint64_t ports = inside.expected.ports() + between.expected.ports();
  const std::size_t lanes = inside.lanes.size() + between.lanes.size();
  if (ports > MostFabricPorts)
    scale_out.complain("kind", fmt::format("expected at most {} ports of both fabrics, found {} and {}",
                                           MostFabricPorts, inside.expected.ports(), between.expected.ports()));
  if (lanes > MostFabricLanes)
    scale_out.complain("kind", fmt::format("expected at most {} lanes of an endpoint in both fabrics, found {} and {}",
                                           MostFabricLanes, inside.lanes.size(), between.lanes.size()));
}

// Both would lead packets through endpoints, which stand in both: one could then not tell which fabric a packet is on.
void refuse_two_meshes(Reader& scale_out, const FabricPlan& inside, const FabricPlan& between)
{
  if (inside.endpoints_forward && between.endpoints_forward)
    scale_out.complain("kind", fmt::format("endpoints forward packets in the other fabric ({}) already: expected one "
                                           "with switch chips, found {}",
                                           inside.kind, between.kind));
}

}  // namespace

bool read_only_fabric(Reader& fabric, SupernodeSpec& spec)
{
  const FabricKind& kind = read_kind(fabric);
  if (is_clos(kind)) {
    spec.set_clos(read_clos(fabric, spec.nodes));
    return true;
  }
  FabricPlan plan = read_fabric(fabric, kind, spec.site());
  refuse_islands(fabric, plan);
  set_fabrics({std::move(plan)}, spec);
  return false;
}

void read_both_fabrics(const MachineSections& machine, Reader& scale_up, Reader& scale_out, SupernodeSpec& spec)
{
  FabricPlan inside = read_one_of_two(machine, scale_up, 1, spec);
  refuse_joining(scale_up, inside);
  FabricPlan between = read_one_of_two(machine, scale_out, spec.nodes, spec);
  refuse_islands(scale_out, between);
  refuse_too_large(scale_out, inside, between);
  refuse_two_meshes(scale_out, inside, between);
  set_fabrics({std::move(inside), std::move(between)}, spec);
}

void check_idle_fabric(const MachineSections& machine, Reader& fabric, const SupernodeSpec& spec)
{
  const FabricKind& kind = read_kind(fabric);
  if (is_clos(kind))
    check_clos_ports(machine.machine, machine.node, fabric, read_clos(fabric, 1), spec.site());
  else
    static_cast<void>(read_fabric(fabric, kind, spec.site()));
}

}  // namespace cm::topology
