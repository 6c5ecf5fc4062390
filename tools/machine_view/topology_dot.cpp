#include "tools/machine_view/topology_dot.h"

#include <fmt/format.h>

#include <iterator>
#include <set>
#include <string_view>
#include <utility>

namespace cm::tools {
namespace {

using topology::Graph;
using topology::Link;
using topology::NodeId;
using topology::Plane;
using topology::RackId;
using topology::Supernode;
using topology::Vertex;
using topology::VertexId;
using topology::VertexKind;

std::string_view shape_of(VertexKind kind)
{
  switch (kind) {
  case VertexKind::Die:
  case VertexKind::Cpu: return "box";
  case VertexKind::L1Switch:
  case VertexKind::L2Switch:
  case VertexKind::Switch: return "ellipse";
  case VertexKind::RdmaNic:
  case VertexKind::QingtianCard: return "hexagon";
  case VertexKind::RdmaFabric:
  case VertexKind::VpcFabric: break;
  }
  return "doublecircle";
}

std::string_view color_of(Plane plane)
{
  switch (plane) {
  case Plane::Package: return "black";
  case Plane::Ub: return "steelblue";
  case Plane::Rdma: return "darkorange";
  case Plane::Vpc: break;
  }
  return "seagreen";
}

class DotWriter {
 public:
  explicit DotWriter(const Supernode& supernode) : supernode_(supernode), graph_(supernode.graph()) {}

  std::string write();

 private:
  void write_rack(RackId rack);
  void write_node(NodeId node);
  void write_l2_switches(std::uint32_t sub_plane);
  template <typename Condition>
  void write_vertices(int depth, Condition condition);
  void write_cables(Plane plane);
  template <typename... Values>
  void line(int depth, fmt::format_string<Values...> format, Values&&... values);

  const Supernode& supernode_;  // borrowed
  const Graph& graph_;          // borrowed
  std::string text_;
};

std::string DotWriter::write()
{
  line(0, "graph \"supernode\" {{");
  line(1, "graph [rankdir=\"TB\", compound=\"true\", fontname=\"sans-serif\"];");
  line(1, "node [fontname=\"sans-serif\", fontsize=\"10\"];");
  for (std::uint32_t rack = 0; rack < supernode_.spec().racks(); ++rack)
    write_rack(RackId(rack));
  for (std::uint32_t sub_plane = 0; sub_plane < supernode_.spec().sub_planes; ++sub_plane)
    write_l2_switches(sub_plane);
  write_vertices(1, [](const Vertex& vertex) { return !vertex.node && vertex.kind != VertexKind::L2Switch; });
  for (const Plane plane : {Plane::Package, Plane::Ub, Plane::Rdma, Plane::Vpc})
    write_cables(plane);
  line(0, "}}");
  return std::move(text_);
}

void DotWriter::write_rack(RackId rack)
{
  line(1, "subgraph \"cluster_rack_{}\" {{", rack.index());
  line(2, "label=\"rack {}\";", rack.index());
  for (std::uint32_t node = 0; node < supernode_.spec().nodes; ++node)
    if (supernode_.rack_of(NodeId(node)) == rack)
      write_node(NodeId(node));
  line(1, "}}");
}

void DotWriter::write_node(NodeId node)
{
  line(2, "subgraph \"cluster_node_{}\" {{", node.index());
  line(3, "label=\"node {}\";", node.index());
  write_vertices(3, [node](const Vertex& vertex) { return vertex.node == node; });
  line(2, "}}");
}

void DotWriter::write_l2_switches(std::uint32_t sub_plane)
{
  line(1, "subgraph \"cluster_sub_plane_{}\" {{", sub_plane);
  line(2, "label=\"sub-plane {}: L2 chips\";", sub_plane);
  write_vertices(2, [sub_plane](const Vertex& vertex) {
    return vertex.kind == VertexKind::L2Switch && vertex.sub_plane == sub_plane;
  });
  line(1, "}}");
}

template <typename Condition>
void DotWriter::write_vertices(int depth, Condition condition)
{
  for (std::uint32_t i = 0; i < graph_.vertex_count(); ++i)
    if (const Vertex& vertex = graph_.vertex(VertexId(i)); condition(vertex))
      line(depth, "\"{}\" [shape=\"{}\"];", vertex.name, shape_of(vertex.kind));
}

// A link is drawn unless its reverse already was.
void DotWriter::write_cables(Plane plane)
{
  std::set<std::pair<VertexId, VertexId>> drawn;
  line(1, "edge [color=\"{}\"];", color_of(plane));
  for (const Link& link : graph_.links()) {
    if (link.plane != plane || drawn.contains({link.to, link.from}))
      continue;
    drawn.insert({link.from, link.to});
    line(1, "\"{}\" -- \"{}\" [tooltip=\"{:.6g} GB/s each way\"];", graph_.vertex(link.from).name,
         graph_.vertex(link.to).name, link.bandwidth.count() * 1e-9);
  }
}

template <typename... Values>
void DotWriter::line(int depth, fmt::format_string<Values...> format, Values&&... values)
{
  text_.append(2 * static_cast<std::size_t>(depth), ' ');
  fmt::format_to(std::back_inserter(text_), format, std::forward<Values>(values)...);
  text_ += '\n';
}

}  // namespace

std::string topology_dot(const Supernode& supernode)
{
  return DotWriter(supernode).write();
}

}  // namespace cm::tools
