#include "topology/planes/packages.h"

#include <fmt/format.h>

namespace cm::topology {
namespace {

void add_npu(Graph& graph, const PackagesSpec& spec, std::uint32_t npu)
{
  std::vector<VertexId> dies;
  for (std::uint32_t i = 0; i < spec.dies_per_npu; ++i) {
    const std::uint32_t index = npu * spec.dies_per_npu + i;
    dies.push_back(graph.add_vertex({.kind = VertexKind::Die,
                                     .index = index,
                                     .name = fmt::format("die:{}", index),
                                     .node = NodeId(npu / spec.npus_per_node),
                                     .npu = npu,
                                     .sub_plane = std::nullopt}));
  }
  for (std::size_t i = 0; i < dies.size(); ++i)
    for (std::size_t j = i + 1; j < dies.size(); ++j)
      add_link_pair(graph, {dies[i], dies[j], spec.die_to_die_bandwidth, Plane::Package, std::nullopt});
}

void add_cpu(Graph& graph, const PackagesSpec& spec, std::uint32_t index)
{
  graph.add_vertex({.kind = VertexKind::Cpu,
                    .index = index,
                    .name = fmt::format("cpu:{}", index),
                    .node = NodeId(index / spec.cpus_per_node),
                    .npu = std::nullopt,
                    .sub_plane = std::nullopt});
}

}  // namespace

void add_packages(Graph& graph, const PackagesSpec& spec)
{
  for (std::uint32_t npu = 0; npu < spec.nodes * spec.npus_per_node; ++npu)
    add_npu(graph, spec, npu);
  for (std::uint32_t cpu = 0; cpu < spec.nodes * spec.cpus_per_node; ++cpu)
    add_cpu(graph, spec, cpu);
}

}  // namespace cm::topology
