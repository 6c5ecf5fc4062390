#include "topology/supernode/read_supernode.h"

#include "topology/fabrics/clos_keys.h"
#include "topology/fabrics/fabric_keys.h"
#include "topology/supernode/read_fabrics.h"

#include <fmt/format.h>

namespace cm::topology {
namespace {

using sim::config::Reader;

constexpr auto MostDevices = static_cast<double>(MostEndpoints);
constexpr int MostDies = 4;
constexpr int MostCpus = 8;

void read_node(Reader& node, SupernodeSpec& spec)
{
  read_count(node, {"npus", "NPU packages in a node", 1, MostDevices}, spec.npus_per_node);
  read_count(node, {"dies_per_npu", "compute dies in an NPU package", 1, MostDies}, spec.dies_per_npu);
  read_count(node, {"cpus", "CPU sockets in a node", 1, MostCpus}, spec.cpus_per_node);
  read_rate(node, "die_to_die_bandwidth", "between two dies of an NPU, each way", spec.die_to_die_bandwidth);
}

// Leaves the nodes at zero where there would be too many endpoints to number.
void check_endpoints(Reader& machine, SupernodeSpec& spec)
{
  const std::uint64_t of_node = std::uint64_t{spec.npus_per_node} * spec.dies_per_npu + spec.cpus_per_node;
  if (of_node * spec.nodes <= MostEndpoints)
    return;
  machine.complain("nodes", fmt::format("the machine has {} dies and CPUs, expected at most {}: fewer nodes or NPUs",
                                        of_node * spec.nodes, MostEndpoints));
  spec.nodes = 0;
}

void check_clos(const SupernodeSections& sections, const SupernodeSpec& spec)
{
  const ClosShape shape = spec.clos();
  check_clos_ports(sections.machine, sections.node, sections.ub, shape, spec.site());
  if (const std::uint64_t ports = expected_counts(shape, spec.site()).ports(); ports > MostFabricPorts)
    sections.machine.complain("nodes", fmt::format("the UB plane has {} ports, expected at most {}: fewer nodes, "
                                                   "sub-planes or L2 switch chips",
                                                   ports, MostFabricPorts));
}

}  // namespace

SupernodeSpec read_supernode(const SupernodeSections& sections)
{
  SupernodeSpec spec;
  read_count(sections.machine, {"nodes", "compute nodes", 1, MostDevices}, spec.nodes);
  read_count(sections.machine, {"nodes_per_rack", "compute nodes in a rack, for cmsim topology", 1, MostDevices},
             spec.nodes_per_rack);
  read_node(sections.node, spec);
  check_endpoints(sections.machine, spec);
  bool is_clos = false;
  if (sections.scale_out != nullptr)
    read_both_fabrics({sections.machine, sections.node}, sections.ub, *sections.scale_out, spec);
  else
    is_clos = read_only_fabric(sections.ub, spec);
  read_rate(sections.rdma, "die_bandwidth", "a die to the RDMA plane, one way", spec.rdma_bandwidth);
  read_rate(sections.vpc, "node_bandwidth", "a node to the VPC plane, one way", spec.vpc_bandwidth);
  if (is_clos)
    check_clos(sections, spec);
  return spec;
}

}  // namespace cm::topology
