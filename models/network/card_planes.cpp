#include "models/network/card_planes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <numeric>

namespace cm::models {
namespace {

namespace fabric = sim::fabric;
using sim::config::UnusedKey;

// A packet of any size passes a port of this rate within less than half a picosecond.
constexpr BytesPerSecond FreeRate(1e30);
// None is known: no queue of a card's network passes it.
constexpr Bytes NoBuffer(std::numeric_limits<std::int64_t>::max());

struct PlaneWords {
  std::string_view name;     // of the key workload.plane
  std::string_view section;  // of the machine
  std::string_view rate;     // its key
  std::string_view cards;
};

// [CardPlane]
constexpr std::array<PlaneWords, 2> Words{{{"rdma", "machine.rdma", "die_bandwidth", "RDMA adapters"},
                                           {"vpc", "machine.vpc", "node_bandwidth", "VPC cards"}}};

const PlaneWords& words_of(CardPlane plane)
{
  return Words.at(static_cast<std::size_t>(plane));
}

const CardSpec& card_of(const MachineSpec& machine, CardPlane plane)
{
  return plane == CardPlane::Rdma ? machine.rdma : machine.vpc;
}

BytesPerSecond line_rate(const MachineSpec& machine, CardPlane plane)
{
  return plane == CardPlane::Rdma ? machine.topology.rdma_bandwidth : machine.topology.vpc_bandwidth;
}

sim::engine::StarPlaneSpec star(const MachineSpec& machine, CardPlane plane, std::string_view endpoint,
                                std::uint32_t endpoints)
{
  const CardSpec& card = card_of(machine, plane);
  const BytesPerSecond rate = card_rate(machine, plane);
  sim::engine::StarPlaneSpec spec{
      .name = std::string(words_of(plane).name), .endpoints = {}, .latency = card.post + card.latency};
  for (std::uint32_t number = 0; number < endpoints; ++number)
    spec.endpoints.push_back({fmt::format("{}:{}", endpoint, number), rate, rate});
  return spec;
}

// Everything but data is latency: what a request, a flag or an acknowledgement adds to a card's load is nothing beside
// its latency.
UbSpec card_rules(const MachineSpec& machine, CardPlane plane)
{
  const CardSpec& card = card_of(machine, plane);
  const Seconds post = machine.free.network ? Seconds(0) : card.post;
  UbSpec rules;
  rules.mtu = card.mtu;
  rules.payload_share = card.payload_share;
  rules.buffer = NoBuffer;
  rules.traversal = machine.free.network ? Seconds(0) : card.latency;
  rules.internode_traversals = 1;
  rules.access = {.npu_base = post, .cpu_base = post, .write_extra = Seconds(0)};
  rules.section = words_of(plane).section;
  return rules;
}

// The library's launch, then the card. A step hands on a post after its last byte: that of the next one's message, or
// of the flag that tells of the data.
ProtocolSpec card_protocol(ProtocolSpec protocol, Seconds post, BytesPerSecond rate)
{
  protocol.launch += post;
  protocol.step = post;
  protocol.message = post;
  protocol.rate = rate;
  protocol.channels = {};
  return protocol;
}

fabric::NetworkSpec rdma_network(const MachineSpec& machine, const fabric::PortSpec& port)
{
  const std::uint32_t dies = machine.topology.dies();
  fabric::NetworkSpec network;
  network.lanes = 1;
  network.group_of.assign(dies, 0);
  network.ports.assign(std::size_t{2} * dies, port);
  network.lane_out_ports.resize(dies);
  network.lane_in_ports.resize(dies);
  std::iota(network.lane_out_ports.begin(), network.lane_out_ports.end(), 0U);
  std::iota(network.lane_in_ports.begin(), network.lane_in_ports.end(), dies);
  for (std::uint32_t die = 0; die < dies; ++die)
    network.ports[die].latency = Seconds(0);
  return network;
}

// Ports: a lane to the card of each endpoint, the cards that send, the cards that receive, a lane from the card to each
// endpoint.
struct VpcPorts {
  std::uint32_t endpoints;
  std::uint32_t nodes;

  [[nodiscard]] fabric::PortIndex to_card(std::uint32_t endpoint) const { return endpoint; }
  [[nodiscard]] fabric::PortIndex sending(std::uint32_t node) const { return endpoints + node; }
  [[nodiscard]] fabric::PortIndex receiving(std::uint32_t node) const { return endpoints + nodes + node; }
  [[nodiscard]] fabric::PortIndex from_card(std::uint32_t endpoint) const { return endpoints + 2 * nodes + endpoint; }
  [[nodiscard]] std::uint32_t count() const { return 2 * (endpoints + nodes); }
};

VpcPorts vpc_ports(const topology::SupernodeSpec& topology)
{
  return {topology.ub_endpoints(), topology.nodes};
}

std::uint32_t node_of(const topology::SupernodeSpec& topology, std::uint32_t endpoint)
{
  return endpoint < topology.dies() ? endpoint / topology.dies_per_node()
                                    : (endpoint - topology.dies()) / topology.cpus_per_node;
}

fabric::NetworkSpec vpc_network(const MachineSpec& machine, const fabric::PortSpec& port)
{
  const topology::SupernodeSpec& topology = machine.topology;
  const VpcPorts ports = vpc_ports(topology);
  // Vertices behind the endpoints: sides of the cards that take from their node, those that give to it, the switch.
  const auto taking = [&](std::uint32_t node) { return ports.endpoints + node; };
  const auto giving = [&](std::uint32_t node) { return ports.endpoints + ports.nodes + node; };
  const fabric::VertexIndex hub = ports.endpoints + 2 * ports.nodes;
  fabric::NetworkSpec network;
  network.lanes = 1;
  network.ports.assign(ports.count(), {port.rate, Seconds(0), port.buffer});
  network.graph.vertices = hub + 1;
  network.graph.ends.resize(ports.count());
  for (std::uint32_t endpoint = 0; endpoint < ports.endpoints; ++endpoint) {
    const std::uint32_t node = node_of(topology, endpoint);
    network.group_of.push_back(node);
    network.lane_out_ports.push_back(ports.to_card(endpoint));
    network.lane_in_ports.push_back(ports.from_card(endpoint));
    network.graph.ends[ports.to_card(endpoint)] = {endpoint, taking(node), 0};
    network.graph.ends[ports.from_card(endpoint)] = {giving(node), endpoint, 3};
  }
  for (std::uint32_t node = 0; node < ports.nodes; ++node) {
    network.ports[ports.sending(node)].latency = port.latency;
    network.graph.ends[ports.sending(node)] = {taking(node), hub, 1};
    network.graph.ends[ports.receiving(node)] = {hub, giving(node), 2};
  }
  return network;
}

void complain_of_missing_mtu(sim::config::Reader& workload, const PlaneWords& words)
{
  workload.complain("plane", fmt::format("its packets have no size: expected {}.mtu", words.section));
}

}  // namespace

BytesPerSecond card_rate(const MachineSpec& machine, CardPlane plane)
{
  return line_rate(machine, plane) * card_of(machine, plane).payload_share;
}

sim::engine::StarPlaneSpec rdma_plane(const MachineSpec& machine)
{
  return star(machine, CardPlane::Rdma, "die", machine.topology.dies());
}

sim::engine::StarPlaneSpec vpc_plane(const MachineSpec& machine)
{
  return star(machine, CardPlane::Vpc, "node", machine.topology.nodes);
}

void use_cards(CardPlane plane, MachineSpec& machine)
{
  machine.cards = plane;
  machine.packet_plane = PacketPlane::ScaleUp;
  machine.scale_out.reset();
  machine.topology = machine.topology.with_one_lane(line_rate(machine, plane));
  machine.ub = card_rules(machine, plane);
  const BytesPerSecond rate = machine.free.network ? FreeRate : card_rate(machine, plane);
  for (ProtocolSpec& protocol : machine.die.protocols)
    protocol = card_protocol(protocol, machine.ub.access.npu_base, rate);
}

void read_plane(sim::config::Reader& workload, MachineSpec& machine)
{
  enum class Plane { Packet, Rdma, Vpc } plane = Plane::Packet;
  workload.choice({"plane",
                   "which plane carries the bytes: ub, the packet plane of the machine; rdma, an adapter a die; "
                   "vpc, a card that a node shares"},
                  plane, {{"ub", Plane::Packet}, {"rdma", Plane::Rdma}, {"vpc", Plane::Vpc}});
  // A machine that could not be read has no dies.
  if (plane == Plane::Packet || machine.topology.dies() == 0)
    return;
  const CardPlane cards = plane == Plane::Rdma ? CardPlane::Rdma : CardPlane::Vpc;
  if (card_of(machine, cards).mtu <= Bytes(0))
    complain_of_missing_mtu(workload, words_of(cards));
  if (!machine.events.events.empty())
    workload.complain(
        "plane", fmt::format("expected ub: events change parts of {}, which carries nothing then", machine.ub.section));
  use_cards(cards, machine);
}

sim::streams::DataPlaneSpec card_data_plane(const MachineSpec& machine, std::uint64_t seed)
{
  const CardPlane plane = machine.cards.value();
  const fabric::PortSpec port{machine.free.network ? FreeRate : card_rate(machine, plane), machine.ub.traversal,
                              machine.ub.buffer};
  fabric::FabricPolicy policy{.mtu = machine.ub.mtu, .seed = seed};
  if (machine.free.network)
    policy.waiting = fabric::Waiting::Nowhere;
  else if (machine.free.queueing)
    policy.waiting = fabric::Waiting::AtLanes;
  return {.network = plane == CardPlane::Rdma ? rdma_network(machine, port) : vpc_network(machine, port),
          .policy = policy,
          .dies = machine.topology.dies(),
          .memory_bandwidth = machine.die.usable_hbm_bandwidth()};
}

std::vector<std::string> card_port_names(const MachineSpec& machine)
{
  const topology::SupernodeSpec& topology = machine.topology;
  const std::uint32_t dies = topology.dies();
  std::vector<std::string> names;
  if (machine.cards == CardPlane::Rdma) {
    for (const std::string_view direction : {"out", "in"})
      for (std::uint32_t die = 0; die < dies; ++die)
        names.push_back(fmt::format("RDMA adapter of die {}, {}", die, direction));
    return names;
  }
  const VpcPorts ports = vpc_ports(topology);
  names.resize(ports.count());
  for (std::uint32_t endpoint = 0; endpoint < ports.endpoints; ++endpoint) {
    const std::string device =
        endpoint < dies ? fmt::format("die {}", endpoint) : fmt::format("CPU {}", endpoint - dies);
    const std::string card = fmt::format("VPC card of node {}", node_of(topology, endpoint));
    names[ports.to_card(endpoint)] = fmt::format("{} to the {}", device, card);
    names[ports.from_card(endpoint)] = fmt::format("{} to {}", card, device);
  }
  for (std::uint32_t node = 0; node < ports.nodes; ++node) {
    names[ports.sending(node)] = fmt::format("VPC card of node {}, out", node);
    names[ports.receiving(node)] = fmt::format("VPC card of node {}, in", node);
  }
  return names;
}

std::string_view card_words(const MachineSpec& machine)
{
  return words_of(machine.cards.value()).cards;
}

std::optional<std::string> card_problem(const MachineSpec& machine, std::uint32_t endpoint)
{
  if (machine.cards != CardPlane::Rdma || endpoint < machine.topology.dies())
    return std::nullopt;
  return "a CPU has no RDMA adapter: expected a die, or workload.plane=ub or vpc";
}

Seconds posting_time(const MachineSpec& machine, std::size_t messages, int posters)
{
  return machine.cards ? machine.ub.access.npu_base * (static_cast<double>(messages) / posters) : Seconds(0);
}

void post_messages(const MachineSpec& machine, int posters, fabric::FlowSpec& flow)
{
  const std::size_t messages = flow.messages.size();
  if (messages == 0)
    return;
  double bytes = 0;
  for (const fabric::Message& message : flow.messages)
    bytes += message.bytes;
  const double rate = flow.engine.rate.count();
  const Seconds sending(rate > 0 ? bytes / rate : 0);
  const Seconds rest = posting_time(machine, messages, posters) - sending;
  flow.pause = to_picoseconds(std::max(Seconds(0), rest / static_cast<double>(messages)));
}

void add_card_notes(const MachineSpec& machine, std::vector<std::string>& notes)
{
  if (!machine.cards)
    return;
  notes.emplace_back(
      machine.cards == CardPlane::Rdma
          ? "workload.plane: rdma: every byte takes the RDMA adapters of its two dies, inside a node too"
          : "workload.plane: vpc: every byte takes the VPC cards of its two nodes, which their dies and CPUs "
            "share; inside a node it takes that card both ways");
}

void add_unused_card_keys(const MachineSpec& machine, std::vector<UnusedKey>& unused)
{
  const auto add_card = [&](CardPlane plane, const std::string& reason) {
    const PlaneWords& words = words_of(plane);
    for (const std::string_view key : {words.rate, std::string_view("latency"), std::string_view("payload_share"),
                                       std::string_view("post"), std::string_view("mtu")})
      unused.push_back({fmt::format("{}.{}", words.section, key), reason});
  };
  if (!machine.cards) {
    const std::string reason = "workload.plane: ub, no card carries the bytes";
    add_card(CardPlane::Rdma, reason);
    add_card(CardPlane::Vpc, reason);
    return;
  }
  const PlaneWords& words = words_of(*machine.cards);
  const std::string reason = fmt::format("{} carry the bytes (workload.plane)", words.cards);
  add_card(*machine.cards == CardPlane::Rdma ? CardPlane::Vpc : CardPlane::Rdma, reason);
  for (const char* const key : {"machine.ub", "machine.rdma.fabric", "machine.packet_plane", "machine.die.write_engine",
                                "machine.die.read_engine", "machine.die.exchange.exposed_latency",
                                "machine.cpu.remote_read", "machine.cpu.remote_write"})
    unused.push_back({key, reason});
  for (const ProtocolSpec& protocol : machine.die.protocols)
    for (const char* const key : {"step", "message", "rate", "channels"})
      unused.push_back({fmt::format("machine.die.collectives.{}.{}", protocol.name, key), reason});
  for (const char* const key : {"workload.sub_plane_choice", "workload.l2_choice"})
    unused.push_back({key, reason, true});
}

}  // namespace cm::models
