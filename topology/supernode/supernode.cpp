#include "topology/supernode/supernode.h"

#include "sim/diagnostics/ensure.h"
#include "topology/planes/fabric_plane.h"
#include "topology/planes/packages.h"
#include "topology/planes/rdma_plane.h"
#include "topology/planes/ub_plane.h"
#include "topology/planes/vpc_plane.h"

namespace cm::topology {
namespace {

SupernodeSpec checked(const SupernodeSpec& spec)
{
  for (const std::uint32_t count : {spec.nodes, spec.nodes_per_rack, spec.npus_per_node, spec.dies_per_npu,
                                    spec.cpus_per_node, spec.lanes(), spec.cpu_lanes})
    ensure(count > 0, "a count of the supernode is zero");
  ensure(!spec.fabrics.empty() || spec.l2_per_sub_plane > 0 || spec.nodes == 1, "{} nodes without L2 switches",
         spec.nodes);
  return spec;
}

void add_clos(const SupernodeSpec& spec, Graph& graph)
{
  add_ub_plane(graph, {.nodes = spec.nodes,
                       .sub_planes = spec.sub_planes,
                       .l2_per_sub_plane = spec.l2_per_sub_plane,
                       .die_lane_bandwidth = spec.lane_bandwidth,
                       .cpu_lane_bandwidth = spec.cpu_lane_bandwidth(),
                       .uplink_bandwidth = spec.uplink_bandwidth});
}

Graph build_graph(const SupernodeSpec& spec)
{
  Graph graph;
  add_packages(graph, {.nodes = spec.nodes,
                       .npus_per_node = spec.npus_per_node,
                       .dies_per_npu = spec.dies_per_npu,
                       .cpus_per_node = spec.cpus_per_node,
                       .die_to_die_bandwidth = spec.die_to_die_bandwidth});
  for (std::uint32_t role = 0; role < spec.fabrics.size(); ++role)
    add_fabric_plane(graph, spec.fabrics[role], role);
  if (spec.fabrics.empty())
    add_clos(spec, graph);
  add_rdma_plane(graph, spec.rdma_bandwidth);
  add_vpc_plane(graph, spec.vpc_bandwidth);
  return graph;
}

}  // namespace

Supernode::Supernode(const SupernodeSpec& spec) : spec_(checked(spec)), graph_(build_graph(spec))
{
  endpoint_vertices_ = graph_.vertices_of(VertexKind::Die);
  const std::vector<VertexId> cpus = graph_.vertices_of(VertexKind::Cpu);
  endpoint_vertices_.insert(endpoint_vertices_.end(), cpus.begin(), cpus.end());
}

NodeId Supernode::node_of(DieId die) const
{
  return node_of(endpoint_of(die));
}

NodeId Supernode::node_of(CpuId cpu) const
{
  return node_of(endpoint_of(cpu));
}

NodeId Supernode::node_of(EndpointId endpoint) const
{
  return graph_.vertex(vertex_of(endpoint)).node.value();
}

NpuId Supernode::npu_of(DieId die) const
{
  return NpuId(graph_.vertex(vertex_of(endpoint_of(die))).npu.value());
}

RackId Supernode::rack_of(NodeId node) const
{
  ensure(node.index() < spec_.nodes, "node {} of {}", node.index(), spec_.nodes);
  return RackId(node.index() / spec_.nodes_per_rack);
}

EndpointId Supernode::endpoint_of(DieId die) const
{
  ensure(die.index() < spec_.dies(), "die {} of {}", die.index(), spec_.dies());
  return EndpointId(die.index());
}

EndpointId Supernode::endpoint_of(CpuId cpu) const
{
  ensure(cpu.index() < spec_.cpus(), "CPU {} of {}", cpu.index(), spec_.cpus());
  return EndpointId(spec_.dies() + cpu.index());
}

std::optional<DieId> Supernode::die_of(EndpointId endpoint) const
{
  const Vertex& vertex = graph_.vertex(vertex_of(endpoint));
  return vertex.kind == VertexKind::Die ? std::optional(DieId(vertex.index)) : std::nullopt;
}

std::optional<CpuId> Supernode::cpu_of(EndpointId endpoint) const
{
  const Vertex& vertex = graph_.vertex(vertex_of(endpoint));
  return vertex.kind == VertexKind::Cpu ? std::optional(CpuId(vertex.index)) : std::nullopt;
}

VertexId Supernode::vertex_of(EndpointId endpoint) const
{
  ensure(endpoint.index() < endpoint_vertices_.size(), "endpoint {} of {}", endpoint.index(),
         endpoint_vertices_.size());
  return endpoint_vertices_[endpoint.index()];
}

}  // namespace cm::topology
