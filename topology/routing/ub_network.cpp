#include "topology/routing/ub_network.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>
#include <array>

namespace cm::topology {
namespace {

using sim::fabric::NetworkSpec;
using sim::fabric::PortIndex;

constexpr PortIndex NoPort = UINT32_MAX;

enum class Tier { Lane, Up, Down, Delivery };
constexpr std::array Tiers = {Tier::Lane, Tier::Up, Tier::Down, Tier::Delivery};

class NetworkBuilder {
 public:
  NetworkBuilder(const Graph& graph, const PortLatencies& latencies, Bytes buffer);
  NetworkSpec build();

 private:
  void size_tables();
  void sort_links();
  void add_port(Tier tier, const Link& link);
  [[nodiscard]] Tier tier_of(const Link& link) const;
  [[nodiscard]] PortIndex& entry(Tier tier, const Link& link);
  [[nodiscard]] std::size_t endpoint_number(VertexId endpoint) const;
  [[nodiscard]] std::size_t lane_entry(VertexId endpoint, std::uint32_t sub_plane) const;
  [[nodiscard]] std::size_t trunk_entry(VertexId l1_switch, VertexId l2_switch, std::uint32_t sub_plane) const;

  const Graph& graph_;  // borrowed
  const PortLatencies latencies_;
  const Bytes buffer_;
  std::size_t dies_ = 0;
  std::vector<std::array<std::vector<Link>, Tiers.size()>> links_;  // [sub-plane][tier], in the graph's order
  NetworkSpec spec_;
};

NetworkBuilder::NetworkBuilder(const Graph& graph, const PortLatencies& latencies, Bytes buffer)
    : graph_(graph), latencies_(latencies), buffer_(buffer)
{
}

NetworkSpec NetworkBuilder::build()
{
  size_tables();
  sort_links();
  for (const auto& sub_plane : links_)
    for (const Tier tier : Tiers)
      for (const Link& link : sub_plane.at(static_cast<std::size_t>(tier)))
        add_port(tier, link);
  for (const auto* table : {&spec_.lane_out_ports, &spec_.lane_in_ports, &spec_.up_ports, &spec_.down_ports})
    ensure(std::ranges::find(*table, NoPort) == table->end(), "a link of the UB plane is missing");
  return std::move(spec_);
}

void NetworkBuilder::size_tables()
{
  const auto dies = graph_.vertices_of(VertexKind::Die);
  const auto cpus = graph_.vertices_of(VertexKind::Cpu);
  dies_ = dies.size();
  spec_.group_of.resize(dies.size() + cpus.size());
  for (const auto* endpoints : {&dies, &cpus})
    for (const VertexId id : *endpoints)
      spec_.group_of.at(endpoint_number(id)) = graph_.vertex(id).node.value().index();

  std::uint32_t groups = 0;
  for (const VertexId id : graph_.vertices_of(VertexKind::L1Switch)) {
    groups = std::max(groups, graph_.vertex(id).node.value().index() + 1);
    spec_.lanes = std::max(spec_.lanes, graph_.vertex(id).sub_plane.value() + 1);
  }
  for (const VertexId id : graph_.vertices_of(VertexKind::L2Switch))
    spec_.spines = std::max(spec_.spines, graph_.vertex(id).index + 1);

  const std::size_t lanes = spec_.group_of.size() * spec_.lanes;
  const std::size_t trunks = std::size_t{groups} * spec_.lanes * spec_.spines;
  spec_.lane_out_ports.assign(lanes, NoPort);
  spec_.lane_in_ports.assign(lanes, NoPort);
  spec_.up_ports.assign(trunks, NoPort);
  spec_.down_ports.assign(trunks, NoPort);
  links_.resize(spec_.lanes);
}

void NetworkBuilder::sort_links()
{
  for (const Link& link : graph_.links()) {
    if (link.plane != Plane::Ub)
      continue;
    ensure(link.sub_plane.value_or(spec_.lanes) < spec_.lanes, "UB link {} -> {} is in no sub-plane",
           graph_.vertex(link.from).name, graph_.vertex(link.to).name);
    links_[*link.sub_plane].at(static_cast<std::size_t>(tier_of(link))).push_back(link);
  }
}

void NetworkBuilder::add_port(Tier tier, const Link& link)
{
  PortIndex& port = entry(tier, link);
  ensure(port == NoPort, "two links {} -> {}", graph_.vertex(link.from).name, graph_.vertex(link.to).name);
  port = static_cast<PortIndex>(spec_.ports.size());
  const Seconds beyond_lane = tier == Tier::Delivery ? latencies_.delivery_port : latencies_.trunk_port;
  const Seconds latency = tier == Tier::Lane ? latencies_.endpoint_port : beyond_lane;
  spec_.ports.push_back({link.bandwidth, latency, buffer_});
}

Tier NetworkBuilder::tier_of(const Link& link) const
{
  const Vertex& from = graph_.vertex(link.from);
  const Vertex& to = graph_.vertex(link.to);
  if (is_ub_endpoint(from.kind) && to.kind == VertexKind::L1Switch)
    return Tier::Lane;
  if (from.kind == VertexKind::L1Switch && to.kind == VertexKind::L2Switch)
    return Tier::Up;
  if (from.kind == VertexKind::L2Switch && to.kind == VertexKind::L1Switch)
    return Tier::Down;
  ensure(from.kind == VertexKind::L1Switch && is_ub_endpoint(to.kind), "UB link {} -> {} fits no tier", from.name,
         to.name);
  return Tier::Delivery;
}

PortIndex& NetworkBuilder::entry(Tier tier, const Link& link)
{
  const std::uint32_t sub_plane = link.sub_plane.value();
  switch (tier) {
  case Tier::Lane: return spec_.lane_out_ports.at(lane_entry(link.from, sub_plane));
  case Tier::Up: return spec_.up_ports.at(trunk_entry(link.from, link.to, sub_plane));
  case Tier::Down: return spec_.down_ports.at(trunk_entry(link.to, link.from, sub_plane));
  case Tier::Delivery: break;
  }
  return spec_.lane_in_ports.at(lane_entry(link.to, sub_plane));
}

std::size_t NetworkBuilder::endpoint_number(VertexId endpoint) const
{
  const Vertex& vertex = graph_.vertex(endpoint);
  return vertex.kind == VertexKind::Die ? vertex.index : dies_ + vertex.index;
}

std::size_t NetworkBuilder::lane_entry(VertexId endpoint, std::uint32_t sub_plane) const
{
  return endpoint_number(endpoint) * spec_.lanes + sub_plane;
}

std::size_t NetworkBuilder::trunk_entry(VertexId l1_switch, VertexId l2_switch, std::uint32_t sub_plane) const
{
  const std::size_t group = graph_.vertex(l1_switch).node.value().index();
  return (group * spec_.lanes + sub_plane) * spec_.spines + graph_.vertex(l2_switch).index;
}

}  // namespace

NetworkSpec ub_network(const Graph& graph, const PortLatencies& latencies, Bytes buffer)
{
  return NetworkBuilder(graph, latencies, buffer).build();
}

}  // namespace cm::topology
