#include "models/network/packet_planes.h"

#include "sim/units/parse_quantity.h"
#include "topology/fabrics/fabric_kind.h"
#include "topology/supernode/read_fabrics.h"
#include "topology/supernode/read_supernode.h"
#include "topology/supernode/supernode_network.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cm::models {
namespace {

using sim::config::Key;
using sim::config::Reader;
namespace fabric = sim::fabric;

// A packet of any size passes a port of this rate within less than half a picosecond.
constexpr BytesPerSecond Unlimited(1e30);
// A packet that takes a port longer may not fit its 32-bit picoseconds.
constexpr double LongestPacket = 4e-3;

// The fabric whose packets are not simulated: its keys must be right all the same.
void check_idle_keys(Reader& machine, Reader& node, Reader& plane, const topology::SupernodeSpec& spec)
{
  topology::check_idle_fabric({machine, node}, plane, spec);
  static_cast<void>(read_ub(plane));
  plane.finish();
}

// Rules that hold for all packets stand in both sections, and must not differ.
void check_common_rules(Reader& scale_out, const UbSpec& up, const UbSpec& out)
{
  const auto check = [&](std::string_view name, bool is_same) {
    if (!is_same)
      scale_out.complain(name, fmt::format("packets take both fabrics in one run: expected the same as {}, found "
                                           "another",
                                           up.key(name)));
  };
  check("model", out.model == UbModel::Packet && up.model == UbModel::Packet);
  check("flags", out.flags == up.flags);
  check("flow_control", out.flow_control == up.flow_control);
  check("forwarding", out.forwarding == up.forwarding);
  check("acknowledgements", out.acknowledgements == up.acknowledgements);
  check("sub_plane_choice", out.lane_choice == up.lane_choice);
  check("l2_choice", out.spine_choice == up.spine_choice);
  check("frame_overhead", out.frame_overhead == up.frame_overhead);
  check("control_packet", out.control_packet == up.control_packet);
  check("write_limit", out.write_limit == up.write_limit);
  check("traffic_classes", out.traffic == up.traffic);
  if (out.access.write_extra != up.access.write_extra)
    scale_out.complain("access", fmt::format("a write takes longer than a read by as much over either fabric: expected "
                                             "the same write_extra as in {}, found another",
                                             up.key("access")));
}

// The adapter's part of an access between nodes, one way: by half of it the way there and back takes longer than what
// an access inside a node takes beside its traversals.
Seconds adapter_time(const UbSpec& up, const UbSpec& out)
{
  return std::max(Seconds(0), (out.access.npu_base - up.access.npu_base) / 2.0);
}

// A way between nodes of a Clos may be shorter or longer than its three chips; of other kinds it follows from the plan.
Seconds way_between(const topology::FabricPlan& plan, const UbSpec& rules)
{
  return topology::is_clos(plan) ? rules.traversal + rules.extra_traversals()
                                 : rules.traversal * static_cast<double>(topology::longest_way(plan, true));
}

void read_scale_out(Reader& scale_out, MachineSpec& spec)
{
  UbSpec out = read_ub(scale_out);
  UbSpec& up = spec.ub;
  check_common_rules(scale_out, up, out);
  if (spec.topology.fabrics.size() == 2) {
    const Seconds between = way_between(spec.topology.fabrics.back(), out) + adapter_time(up, out);
    up.internode_traversals = 1;
    up.beyond_node = std::max(Seconds(0), between - up.traversal);
  }
  up.internode_cost = out.internode_cost;
  up.mtu = std::min(up.mtu, out.mtu);
  spec.scale_out = std::move(out);
}

BytesPerSecond slowest_port(const topology::FabricPlan& plan)
{
  return std::ranges::min(plan.cables, {}, &topology::FabricCable::rate).rate;
}

void check_packet_size(Reader& section, const UbSpec& rules, Bytes packet, BytesPerSecond port)
{
  if (rules.buffer < packet)
    section.complain("buffer", fmt::format("expected room for at least one packet of {}, found {}", to_text(packet),
                                           to_text(rules.buffer)));
  const BytesPerSecond slowest = port * rules.payload_share;
  if ((packet / slowest).count() >= LongestPacket)
    section.complain("mtu",
                     fmt::format("a packet of {} takes more than 4 ms at the slowest port's {}: expected a smaller mtu "
                                 "or faster ports",
                                 to_text(packet), to_text(slowest)));
}

topology::FabricTiming timing_of(const UbSpec& rules, Seconds endpoint_port)
{
  return {{.endpoint_port = endpoint_port, .delivery_port = rules.traversal, .trunk_port = rules.traversal},
          rules.buffer};
}

// Of a machine whose fabrics are plans.
fabric::NetworkSpec planned_network(const MachineSpec& spec)
{
  std::vector<topology::FabricTiming> timing{timing_of(spec.ub, Seconds(0))};
  if (spec.scale_out) {
    timing.push_back(timing_of(*spec.scale_out, adapter_time(spec.ub, *spec.scale_out)));
    if (topology::is_clos(spec.topology.fabrics.back()))
      timing.back().latencies.trunk_port = spec.scale_out->extra_traversals() / 2.0;
  }
  fabric::NetworkSpec network = topology::fabric_network(topology::fabric_plans(spec.topology), timing);
  for (std::size_t port = 0; port < network.ports.size(); ++port) {
    const UbSpec& rules = network.graph.ends[port].role == 0 ? spec.ub : *spec.scale_out;
    network.ports[port].rate = network.ports[port].rate * rules.payload_share;
  }
  return network;
}

fabric::NetworkSpec clos_network(const MachineSpec& spec, const topology::Supernode& supernode)
{
  // The endpoint's own port adds nothing: its share of an access is in the bases of AccessSpec.
  const topology::PortLatencies latencies{
      .endpoint_port = Seconds(0), .delivery_port = spec.ub.traversal, .trunk_port = spec.ub.extra_traversals() / 2.0};
  fabric::NetworkSpec network = topology::ub_network(supernode, latencies, spec.ub.buffer);
  for (fabric::PortSpec& port : network.ports)
    port.rate = port.rate * spec.ub.payload_share;
  return network;
}

}  // namespace

void PlaneSections::finish(PacketPlane plane)
{
  for (Reader* section : {&node, &packets(plane), &rdma, &vpc})
    section->finish();
  if (plane == PacketPlane::Both)
    tree.finish();
}

PacketPlane read_packet_plane(Reader& machine)
{
  PacketPlane plane = PacketPlane::ScaleUp;
  machine.choice(
      {"packet_plane",
       "which plane's packets are simulated: ub, the fabric of rdma.fabric, or ub inside nodes and rdma between them"},
      plane, {{"ub", PacketPlane::ScaleUp}, {"rdma", PacketPlane::ScaleOut}, {"both", PacketPlane::Both}});
  return plane;
}

PlaneSections plane_sections(Reader& machine, PacketPlane plane)
{
  const bool is_by_role = machine.has("fabrics");
  Reader node = machine.section({"node", "parts of one node"});
  Reader fabrics =
      machine.optional_section({"fabrics", "networks by role, in place of ub, rdma and vpc and with their keys"});
  Reader scale_up = is_by_role ? fabrics.section({"scale_up", "the scale-up plane, with the keys of ub"})
                               : machine.section({"ub", "the scale-up plane"});
  Reader rdma = is_by_role ? fabrics.section({"scale_out", "the scale-out plane, with the keys of rdma"})
                           : machine.section({"rdma", "the scale-out plane"});
  const Key tree_key{"fabric",
                     "switches of the scale-out plane, with the keys of ub; needed by packet_plane: rdma and both"};
  const bool needs_tree = plane != PacketPlane::ScaleUp;
  const bool has_tree = needs_tree || rdma.has(tree_key.name);
  Reader tree = needs_tree ? rdma.section(tree_key) : rdma.optional_section(tree_key);
  Reader vpc = is_by_role ? fabrics.section({"front", "the plane to storage and the outside, with the keys of vpc"})
                          : machine.section({"vpc", "the plane to storage and the outside"});
  if (is_by_role)
    fabrics.finish();
  return {node, scale_up, rdma, tree, vpc, has_tree};
}

void read_planes(Reader& machine, PlaneSections& sections, MachineSpec& spec)
{
  const bool is_both = spec.packet_plane == PacketPlane::Both;
  Reader& packets = sections.packets(spec.packet_plane);
  spec.names = {sections.scale_up.path(), sections.tree.path()};
  spec.topology = topology::read_supernode(
      {machine, sections.node, packets, sections.rdma, sections.vpc, is_both ? &sections.tree : nullptr});
  spec.ub = read_ub(packets);
  if (is_both)
    read_scale_out(sections.tree, spec);
  else if (sections.has_tree)
    check_idle_keys(machine, sections.node,
                    spec.packet_plane == PacketPlane::ScaleUp ? sections.tree : sections.scale_up, spec.topology);
  if (!is_both && !spec.topology.fabrics.empty())
    spec.ub.internode_traversals = static_cast<int>(topology::longest_way(spec.topology.fabrics.front(), true));
  if (const auto problem = virtual_lanes_problem(spec))
    packets.complain("traffic_classes", *problem);
}

std::optional<std::string> virtual_lanes_problem(const MachineSpec& spec)
{
  // A detour around what an event has cut may go down and up once more.
  std::uint32_t levels = spec.topology.fabrics.empty() && !spec.events.events.empty() ? 2 : 1;
  for (const topology::FabricPlan& plan : spec.topology.fabrics)
    levels = std::max(levels, plan.levels);
  const std::size_t classes = spec.ub.traffic.policy.weights.size();
  const std::size_t most = fabric::MostVirtualLanes / levels - 1;
  if (classes <= most)
    return std::nullopt;
  return fmt::format("expected at most {} classes, found {}: a port has {} virtual lanes, and each class and control "
                     "take {}, so that packets that turn never wait in a circle",
                     most, classes, fabric::MostVirtualLanes, levels);
}

void check_packet_sizes(PlaneSections& sections, const MachineSpec& spec)
{
  const topology::SupernodeSpec& t = spec.topology;
  Reader& packets = sections.packets(spec.packet_plane);
  const Bytes packet = spec.ub.mtu + spec.ub.frame_overhead;
  if (!t.fabrics.empty()) {
    check_packet_size(packets, spec.ub, packet, slowest_port(t.fabrics.front()));
    if (spec.scale_out)
      check_packet_size(sections.tree, *spec.scale_out, packet, slowest_port(t.fabrics.back()));
    return;
  }
  if (t.lane_bandwidth.count() <= 0 || (t.spines() > 0 && t.uplink_bandwidth.count() <= 0) || t.cpu_lanes == 0 ||
      t.cpu_bandwidth.count() <= 0)
    return;
  const BytesPerSecond endpoint = std::min(t.lane_bandwidth, t.cpu_lane_bandwidth());
  check_packet_size(packets, spec.ub, packet, t.spines() > 0 ? std::min(endpoint, t.uplink_bandwidth) : endpoint);
}

fabric::NetworkSpec packet_network(const MachineSpec& spec, const topology::Supernode& supernode)
{
  fabric::NetworkSpec network = spec.topology.fabrics.empty() ? clos_network(spec, supernode) : planned_network(spec);
  if (spec.free.network)
    for (fabric::PortSpec& port : network.ports)
      port = {Unlimited, Seconds(0), port.buffer};
  return network;
}

}  // namespace cm::models
