// A supernode put together from its planes, and the numbering of its devices: dies are numbered over the machine, node
// by node (the dies of an NPU are neighbours), CPUs likewise, and the endpoints of the UB plane are all dies, then all
// CPUs.
#pragma once

#include "topology/graph/graph.h"
#include "topology/supernode/supernode_spec.h"

#include <optional>
#include <vector>

namespace cm::topology {

using DieId = StrongId<struct DieTag>;
using NpuId = StrongId<struct NpuTag>;
using CpuId = StrongId<struct CpuTag>;
using RackId = StrongId<struct RackTag>;
using EndpointId = StrongId<struct EndpointTag>;

class Supernode {
 public:
  // Throws SimulationError when a count of the spec is zero.
  explicit Supernode(const SupernodeSpec& spec);

  [[nodiscard]] const SupernodeSpec& spec() const { return spec_; }

  [[nodiscard]] const Graph& graph() const { return graph_; }

  // All of these require an id that is in the machine.
  [[nodiscard]] NodeId node_of(DieId die) const;
  [[nodiscard]] NodeId node_of(CpuId cpu) const;
  [[nodiscard]] NodeId node_of(EndpointId endpoint) const;
  [[nodiscard]] NpuId npu_of(DieId die) const;
  [[nodiscard]] RackId rack_of(NodeId node) const;

  [[nodiscard]] EndpointId endpoint_of(DieId die) const;
  [[nodiscard]] EndpointId endpoint_of(CpuId cpu) const;
  [[nodiscard]] std::optional<DieId> die_of(EndpointId endpoint) const;  // empty for a CPU
  [[nodiscard]] std::optional<CpuId> cpu_of(EndpointId endpoint) const;  // empty for a die
  [[nodiscard]] VertexId vertex_of(EndpointId endpoint) const;

 private:
  SupernodeSpec spec_;
  Graph graph_;
  std::vector<VertexId> endpoint_vertices_;  // [endpoint]
};

}  // namespace cm::topology
