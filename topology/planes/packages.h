// Dies, CPUs and the links inside an NPU package. Comes first: the planes attach to what this adds.
// Dies are numbered node by node, the dies of one NPU consecutively; CPUs likewise.
#pragma once

#include "topology/graph/graph.h"

namespace cm::topology {

struct PackagesSpec {
  std::uint32_t nodes = 0;
  std::uint32_t npus_per_node = 0;
  std::uint32_t dies_per_npu = 0;
  std::uint32_t cpus_per_node = 0;
  BytesPerSecond die_to_die_bandwidth;  // each way, between each two dies of an NPU
};

// The links between the CPU sockets of a node are left out: their bandwidth is not published and no model uses them.
void add_packages(Graph& graph, const PackagesSpec& spec);

}  // namespace cm::topology
