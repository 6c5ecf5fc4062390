#include "topology/graph/vertex.h"

namespace cm::topology {

std::string_view to_text(VertexKind kind)
{
  switch (kind) {
  case VertexKind::Die: return "die";
  case VertexKind::Cpu: return "cpu";
  case VertexKind::L1Switch: return "l1 switch";
  case VertexKind::L2Switch: return "l2 switch";
  case VertexKind::Switch: return "switch";
  case VertexKind::RdmaNic: return "rdma nic";
  case VertexKind::RdmaFabric: return "rdma fabric";
  case VertexKind::QingtianCard: return "qingtian card";
  case VertexKind::VpcFabric: return "vpc fabric";
  }
  return "unknown";
}

std::string_view to_text(Plane plane)
{
  switch (plane) {
  case Plane::Package: return "package";
  case Plane::Ub: return "ub";
  case Plane::Rdma: return "rdma";
  case Plane::Vpc: return "vpc";
  }
  return "unknown";
}

}  // namespace cm::topology
