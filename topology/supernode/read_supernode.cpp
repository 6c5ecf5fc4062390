#include "topology/supernode/read_supernode.h"

#include "topology/supernode/port_limits.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace cm::topology {
namespace {

using sim::config::Key;
using sim::config::Reader;

constexpr int MostNodes = 256;
constexpr int MostNpus = 16;
constexpr int MostDies = 4;
constexpr int MostCpus = 8;
constexpr int MostSubPlanes = 18;
constexpr int MostL2 = 48;
constexpr std::uint32_t MostPorts = 1 << 20;  // as many as the fabric can number

void read_count(Reader& reader, std::string_view name, std::string_view sentence, int maximum, std::uint32_t& out)
{
  int value = 0;
  reader.required(Key{name, sentence, 1, maximum}, value);
  out = static_cast<std::uint32_t>(value);
}

// 1 MB/s to 100 TB/s: anything outside is a slip of the unit.
void read_bandwidth(Reader& reader, std::string_view name, std::string_view sentence, BytesPerSecond& out)
{
  reader.required(Key{name, sentence, 1e6, 1e14}, out);
}

void read_node(Reader& node, SupernodeSpec& spec)
{
  read_count(node, "npus", "NPU packages in a node", MostNpus, spec.npus_per_node);
  read_count(node, "dies_per_npu", "compute dies in an NPU package", MostDies, spec.dies_per_npu);
  read_count(node, "cpus", "CPU sockets in a node", MostCpus, spec.cpus_per_node);
  read_bandwidth(node, "die_to_die_bandwidth", "between two dies of an NPU, each way", spec.die_to_die_bandwidth);
}

void read_ub(Reader& ub, SupernodeSpec& spec)
{
  read_count(ub, "sub_planes", "disjoint Clos networks of the UB plane; each lane keeps its rate when there are fewer",
             MostSubPlanes, spec.sub_planes);
  int l2 = -1;
  ub.required(Key{"l2_per_sub_plane", "L2 switch chips in each sub-plane; 0: one node is the machine, with one tier", 0,
                  MostL2},
              l2);
  spec.l2_per_sub_plane = static_cast<std::uint32_t>(std::max(l2, 0));
  if (l2 == 0 && spec.nodes > 1)
    ub.complain("l2_per_sub_plane", fmt::format("{} nodes need at least one L2 switch chip, found 0", spec.nodes));
  read_count(ub, "cpu_lanes", "how many lanes cpu_bandwidth is spread over, whatever sub_planes says", MostSubPlanes,
             spec.cpu_lanes);
  read_bandwidth(ub, "lane_bandwidth", "a die to the L1 chip of one sub-plane, one way", spec.lane_bandwidth);
  if (l2 != 0 || ub.has("uplink_bandwidth"))
    read_bandwidth(ub, "uplink_bandwidth", "one L1 chip to one L2 chip, one way", spec.uplink_bandwidth);
  read_bandwidth(ub, "cpu_bandwidth", "a CPU socket to the UB plane, one way, cpu_lanes lanes together",
                 spec.cpu_bandwidth);
  if (spec.cpu_lanes > 0 && spec.sub_planes > spec.cpu_lanes)
    ub.complain("sub_planes", fmt::format("expected at most {}, found {}: a CPU has one lane to each sub-plane, and "
                                          "{} of them ({}.cpu_lanes)",
                                          spec.cpu_lanes, spec.sub_planes, spec.cpu_lanes, ub.path()));
}

void check_size(const SupernodeSections& sections, const SupernodeSpec& spec)
{
  const std::uint32_t ports =
      2 * spec.nodes * spec.sub_planes * (spec.dies_per_node() + spec.cpus_per_node + spec.l2_per_sub_plane);
  if (ports > MostPorts)
    sections.machine.complain("nodes", fmt::format("the UB plane has {} ports, expected at most {}: fewer nodes, "
                                                   "sub-planes or L2 switch chips",
                                                   ports, MostPorts));
}

}  // namespace

void check_idle_plane(Reader& machine, Reader& node, Reader& plane, SupernodeSpec spec)
{
  const std::uint32_t nodes = std::exchange(spec.nodes, 1);
  read_ub(plane, spec);
  spec.nodes = nodes;
  check_ports(machine, node, plane, spec);
}

SupernodeSpec read_supernode(const SupernodeSections& sections)
{
  SupernodeSpec spec;
  read_count(sections.machine, "nodes", "compute nodes", MostNodes, spec.nodes);
  read_count(sections.machine, "nodes_per_rack", "compute nodes in a rack, for cmsim topology", MostNodes,
             spec.nodes_per_rack);
  read_node(sections.node, spec);
  read_ub(sections.ub, spec);
  read_bandwidth(sections.rdma, "die_bandwidth", "a die to the RDMA plane, one way", spec.rdma_bandwidth);
  read_bandwidth(sections.vpc, "node_bandwidth", "a node to the VPC plane, one way", spec.vpc_bandwidth);
  check_ports(sections.machine, sections.node, sections.ub, spec);
  check_size(sections, spec);
  return spec;
}

}  // namespace cm::topology
