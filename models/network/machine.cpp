#include "models/network/machine.h"

#include "models/network/card_planes.h"
#include "models/network/packet_planes.h"
#include "topology/routing/port_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace cm::models {

using sim::config::Reader;
namespace fabric = sim::fabric;

namespace {

// Published latencies of remote accesses hold what the target's memory and the translation take: these must fit in.
void check_latency_shares(Reader& memory, const MachineSpec& spec)
{
  const Seconds hit = spec.memory->translation.hit;
  const LatencyLadder& ladder = spec.memory->ladder;
  const auto check = [&](std::string_view rung, Seconds device, std::string_view whole_name, Seconds whole) {
    if (whole.count() > 0 && hit + device >= whole)
      memory.complain("ladder", fmt::format("{} and tiers.translation.hit take {:.0f} ns, expected less than the "
                                            "{:.0f} ns of {}, which hold both",
                                            rung, (hit + device).count() * 1e9, whole.count() * 1e9, whole_name));
  };
  check("hbm", ladder.hbm, spec.ub.key("access.npu_base"), spec.ub.access.npu_base);
  check("dram", ladder.dram, spec.ub.key("access.cpu_base"), spec.ub.access.cpu_base);
  check("hbm", ladder.hbm, "machine.memory.tiers.cross_die.access", spec.memory->cross_die_access);
}

}  // namespace

std::optional<std::string> MachineSpec::node_traffic_problem() const
{
  if (packet_plane != PacketPlane::ScaleOut || topology.dies_per_node() <= 1)
    return std::nullopt;
  return fmt::format(
      "what moves inside a node takes the links of {} on this machine, and its packets are not simulated "
      "beside those of {}; machine.packet_plane=ub with machine.nodes=1 simulates one node",
      names.scale_up, names.scale_out);
}

std::optional<std::string> MachineSpec::cpu_traffic_problem() const
{
  for (const topology::FabricPlan& plan : topology.fabrics) {
    if (topology::lanes_rate(plan, topology.dies()).count() > 0)
      continue;
    const bool is_first = &plan == &topology.fabrics.front();
    return fmt::format("CPUs have no lanes on {}, a {}", is_first ? ub.section : names.scale_out, plan.kind);
  }
  return std::nullopt;
}

MachineSpec read_machine(Reader& machine)
{
  MachineSpec spec;
  machine.required({"name", "name of the machine in results"}, spec.name);
  spec.packet_plane = read_packet_plane(machine);
  PlaneSections sections = plane_sections(machine, spec.packet_plane);
  read_planes(machine, sections, spec);
  spec.rdma = read_card(sections.rdma, "NIC to NIC, without load");
  spec.vpc = read_card(sections.vpc, "Qingtian card to Qingtian card, without load");
  Reader die = machine.section({"die", "one die of an NPU"});
  spec.die = read_die(die);
  Reader cpu = machine.section({"cpu", "one CPU socket"});
  spec.cpu = read_cpu(cpu);
  check_packet_sizes(sections, spec);
  if (machine.has("memory")) {
    Reader memory = machine.optional_section({"memory", "tiers beyond dies and CPUs, translation, other access paths"});
    spec.memory = read_memory(memory);
    check_latency_shares(memory, spec);
  }
  sections.finish(spec.packet_plane);
  machine.finish();
  return spec;
}

void set_free(const FreeParts& parts, MachineSpec& spec)
{
  spec.free = parts;
  if (parts.network) {
    spec.ub.traversal = Seconds(0);
    spec.ub.internode_cost = 0;
    spec.ub.beyond_node = Seconds(0);
  }
  if (!parts.host)
    return;
  DieSpec& die = spec.die;
  die.host = {};
  die.unfused = {};
  die.exchange.launch = Seconds(0);
  die.compute.cube_operator = Seconds(0);
  die.compute.vector_operator = Seconds(0);
  for (ProtocolSpec& protocol : die.protocols) {
    protocol.launch = Seconds(0);
    protocol.issue = Seconds(0);
  }
}

sim::streams::DataPlaneSpec data_plane_spec(const MachineSpec& spec, const topology::Supernode& supernode,
                                            std::uint64_t seed)
{
  if (spec.cards)
    return card_data_plane(spec, seed);
  fabric::NetworkSpec network = packet_network(spec, supernode);
  fabric::FabricPolicy policy = fabric_policy(spec.ub, seed);
  if (spec.free.network)
    policy.waiting = fabric::Waiting::Nowhere;
  else if (spec.free.queueing)
    policy.waiting = fabric::Waiting::AtLanes;
  spec.events.install(policy);
  return {.network = std::move(network),
          .policy = policy,
          .dies = spec.topology.dies(),
          .memory_bandwidth = spec.die.usable_hbm_bandwidth()};
}

BytesPerSecond all_lanes(const MachineSpec& spec)
{
  return spec.topology.lane_bandwidth * (spec.ub.payload_share * spec.topology.lanes());
}

BytesPerSecond all_cpu_lanes(const MachineSpec& spec)
{
  return spec.topology.cpu_lane_bandwidth() * (spec.ub.payload_share * spec.topology.lanes());
}

std::string lane_name(const MachineSpec& spec, std::uint32_t lane)
{
  if (spec.cards)
    return std::string(card_words(spec));
  std::string_view role;
  for (const topology::FabricPlan& plan : spec.topology.fabrics) {
    if (lane < plan.lanes.size())
      return fmt::format("{}{}", role, plan.lanes[lane]);
    lane -= static_cast<std::uint32_t>(plan.lanes.size());
    role = "scale-out ";
  }
  return topology::lane_name(lane);
}

std::uint32_t expert_lanes(const MachineSpec& spec)
{
  return spec.ub.lane_choice == fabric::LaneChoice::ByMessage ? spec.topology.lanes() : 0;
}

void narrow_lanes(sim::streams::DataPlaneSpec& plane, std::uint32_t first, std::uint32_t count, double share)
{
  fabric::NetworkSpec& network = plane.network;
  // A port between two dies that forward is a lane of both.
  std::set<fabric::PortIndex> ports;
  for (const auto* lanes : {&network.lane_out_ports, &network.lane_in_ports})
    for (std::size_t lane = std::size_t{first} * network.lanes; lane < (std::size_t{first} + count) * network.lanes;
         ++lane)
      if (lanes->at(lane) != fabric::NoPortIndex)
        ports.insert(lanes->at(lane));
  for (const fabric::PortIndex port : ports)
    network.ports.at(port).rate = network.ports.at(port).rate * share;
}

EndpointEngines::EndpointEngines(const MachineSpec& spec, fabric::PacketFabric& fabric)
    : spec_(spec), dies_(spec.topology.dies()), endpoints_(spec.topology.ub_endpoints())
{
  sources_ = fabric.add_engines(endpoints_ * spec.topology.lanes());
  sinks_ = fabric.add_engines(endpoints_ * 2);
  sdma_ = fabric.add_engines(dies_);
}

fabric::EngineUse EndpointEngines::source(std::uint32_t endpoint, bool is_read) const
{
  if (spec_.cards)
    return {.engine = sources_ + endpoint, .rate = spec_.free.network ? BytesPerSecond(0) : all_lanes(spec_)};
  const double cost = 1.0 + spec_.ub.internode_cost;
  const fabric::EngineIndex first = sources_ + endpoint * spec_.topology.lanes();
  if (is_die(endpoint) == is_read)
    return {.engine = fabric::NoIndex, .other_group_cost = cost};
  if (is_read)
    return {first, false, spec_.cpu.remote_read, cost};
  if (spec_.ub.write_limit == WriteLimit::Engine)
    return {first, false, spec_.die.write_engine, cost};
  // The published rate was seen with as many lanes as a CPU's bandwidth is published for.
  return {first, true, spec_.die.write_engine / static_cast<double>(spec_.topology.cpu_lanes), cost};
}

double EndpointEngines::engines_of(const fabric::EngineUse& use) const
{
  return use.per_lane ? spec_.topology.lanes() : 1.0;
}

fabric::EngineUse EndpointEngines::sdma(std::uint32_t die) const
{
  if (spec_.cards)
    return source(die, false);
  return {.engine = sdma_ + die, .rate = spec_.die.sdma.bandwidth};
}

EndpointEngines::Sink EndpointEngines::sink(std::uint32_t endpoint, bool is_read) const
{
  if (spec_.cards)
    return {};
  if (is_read)
    return is_die(endpoint) ? Sink{sinks_, spec_.die.read_engine} : Sink{};
  if (is_die(endpoint))
    return {};
  return {sinks_ + endpoints_, spec_.cpu.remote_write};
}

}  // namespace cm::models
