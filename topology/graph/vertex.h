// Vertex and link of a machine graph.
#pragma once

#include "sim/units/quantity.h"
#include "sim/units/strong_id.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cm::topology {

using VertexId = StrongId<struct VertexTag>;
using LinkId = StrongId<struct LinkTag>;
using NodeId = StrongId<struct NodeTag>;

// Switch: of a fabric that is no Clos, whatever its tier.
enum class VertexKind { Die, Cpu, L1Switch, L2Switch, Switch, RdmaNic, RdmaFabric, QingtianCard, VpcFabric };
std::string_view to_text(VertexKind kind);

// Package is the inside of an NPU; the other three are the networks of the machine.
enum class Plane { Package, Ub, Rdma, Vpc };
std::string_view to_text(Plane plane);

struct Vertex {
  VertexKind kind = VertexKind::Die;
  std::uint32_t index = 0;           // among the vertices of this kind; of a switch, among those of its sub-plane
  std::string name;                  // unique: "die:17", "cpu:3", "l1:2.5" (node.sub-plane), "l2:5.3" (sub-plane.chip)
  std::optional<NodeId> node;        // empty for what stands outside the nodes
  std::optional<std::uint32_t> npu;  // NPU of a die, machine-wide
  std::optional<std::uint32_t> sub_plane;  // only a UB switch has one
};

// One direction of a cable or trace.
struct Link {
  VertexId from;
  VertexId to;
  BytesPerSecond bandwidth;
  Plane plane = Plane::Ub;
  std::optional<std::uint32_t> sub_plane;  // only a UB link has one
};

// Endpoints send and receive UB traffic and never forward it; only these two kinds are endpoints.
constexpr bool is_ub_endpoint(VertexKind kind)
{
  return kind == VertexKind::Die || kind == VertexKind::Cpu;
}

constexpr bool is_ub_switch(VertexKind kind)
{
  return kind == VertexKind::L1Switch || kind == VertexKind::L2Switch;
}

}  // namespace cm::topology
