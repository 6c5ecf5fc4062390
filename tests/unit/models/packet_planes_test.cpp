// Networks of a machine file of other kinds than the Clos, by plane and by role.
#include "models/network/carrier.h"
#include "models/network/packet_planes.h"
#include "sim/config/reader.h"
#include "topology/supernode/supernode_checks.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

using namespace cm;
using sim::config::Value;
using sim::fabric::NetworkSpec;

namespace {

using Changes = std::vector<std::pair<std::string, std::string>>;

Value machine_file(const std::string& name)
{
  Value machine = sim::config::load_file(CM_SOURCE_DIR "/tests/support/machines/" + name + ".yaml");
  for (Value::Entry& entry : machine.entries)
    if (const Value* part = entry.value.find("part"))
      entry.value = sim::config::load_file(CM_SOURCE_DIR "/configs/parts/" + part->text + ".yaml");
  return machine;
}

struct Reading {
  sim::config::ReadingLog log;
  models::MachineSpec spec;

  [[nodiscard]] std::string problem() const { return log.problems.empty() ? "" : log.problems.front(); }
};

Reading read(const std::string& name, const Changes& changes = {})
{
  Value map = machine_file(name);
  for (const auto& [path, value] : changes)
    sim::config::set_path(map, path, sim::config::parse_text("--set", value));
  Reading reading;
  sim::config::Reader machine(map, "machine", reading.log);
  reading.spec = models::read_machine(machine);
  return reading;
}

NetworkSpec network_of(const models::MachineSpec& machine)
{
  return models::data_plane_spec(machine, topology::Supernode(machine.topology), 1).network;
}

std::int64_t way(const models::MachineSpec& machine, std::uint32_t from, std::uint32_t to)
{
  const auto spec = models::data_plane_spec(machine, topology::Supernode(machine.topology), 1);
  sim::calendar::Calendar calendar;
  return sim::fabric::PacketFabric(spec.network, spec.policy, calendar).path_latency_ps(from, to);
}

}  // namespace

TEST_CASE("machines of every kind are read, counted and run")
{
  const std::string name = GENERATE(as<std::string>(), "mesh-64", "tree-64", "star-72", "both-32");
  CAPTURE(name);
  const Reading reading = read(name);
  CHECK(reading.problem().empty());
  REQUIRE_FALSE(reading.spec.topology.fabrics.empty());
  CHECK(topology::check_supernode(topology::Supernode(reading.spec.topology)).passed());
  CHECK(network_of(reading.spec).endpoints() == reading.spec.topology.ub_endpoints());
}

TEST_CASE("a way takes a traversal for each link behind a switch, and for each link of dies that forward")
{
  const models::MachineSpec mesh = read("mesh-64").spec;
  CHECK(way(mesh, 0, 7) == 200'000);
  CHECK(way(mesh, 0, 9) == 400'000);
  CHECK(mesh.ub.internode_traversals == 2);
  const models::MachineSpec tree = read("tree-64").spec;
  // A node a leaf pair; the next node is below the same spines, the last one in another pod.
  CHECK(way(tree, 0, 1) == 200'000);
  CHECK(way(tree, 0, 63) == 1'000'000);
  CHECK(tree.ub.internode_traversals == 5);
  CHECK(way(read("star-72").spec, 0, 71) == 200'000);
}

TEST_CASE("packets take the fabric inside a node and the other one between nodes")
{
  const models::MachineSpec machine = read("both-32").spec;
  CHECK(machine.topology.lanes() == 18 + 1);
  CHECK(way(machine, 0, 7) == 200'000);
  // Half of the 3 us by which an access takes longer, a leaf, a spine and a leaf.
  CHECK(way(machine, 0, 8) == 1'500'000 + 300'000);
  CHECK(way(machine, 0, 9) == 1'500'000 + 3 * 300'000);
  CHECK(machine.ub.extra_traversals().count() == Approx(1.5e-6 + 0.9e-6 - 0.2e-6));
  CHECK(machine.ub.mtu == 2_KiB);
  CHECK_FALSE(machine.node_traffic_problem());
}

TEST_CASE("ports of each fabric have its own payload share and buffer")
{
  const NetworkSpec network = network_of(read("both-32", {{"fabrics.scale_out.fabric.payload_share", "50 %"},
                                                          {"fabrics.scale_out.fabric.buffer", "8 KiB"}})
                                             .spec);
  const auto inside = network.ports.at(network.lane_out_ports.at(0));
  const auto between = network.ports.at(network.lane_out_ports.at(18));
  CHECK(inside.rate == 25_GBps);
  CHECK(inside.buffer == 64_KiB);
  CHECK(between.rate == 25_GBps);
  CHECK(between.buffer == 8_KiB);
}

TEST_CASE("messages about a network listed by its role name that role")
{
  CHECK(read("both-32").spec.ub.key("mtu") == "machine.fabrics.scale_up.mtu");
  CHECK_THAT(read("both-32", {{"fabrics.scale_out.fabric.buffer", "64 B"}}).problem(),
             Catch::Contains("machine.fabrics.scale_out.fabric.buffer: expected room for at least one packet"));
  CHECK_THAT(read("both-32", {{"fabrics.front.latency", "x"}}).problem(),
             Catch::Contains("machine.fabrics.front.latency"));
  CHECK_THAT(read("both-32", {{"packet_plane", "rdma"}}).spec.node_traffic_problem().value_or(""),
             Catch::Contains("machine.fabrics.scale_up") && Catch::Contains("machine.fabrics.scale_out.fabric"));
  // Both ways of listing at once.
  CHECK_THAT(read("both-32", {{"ub", "{kind: star}"}}).problem(), Catch::Contains("unknown key \"ub\""));
}

TEST_CASE("rules of all packets are the same on both fabrics of a run")
{
  CHECK_THAT(read("both-32", {{"fabrics.scale_out.fabric.flow_control", "credits"}}).problem(),
             Catch::Contains("machine.fabrics.scale_out.fabric.flow_control") &&
                 Catch::Contains("the same as machine.fabrics.scale_up.flow_control"));
  CHECK_THAT(read("both-32", {{"fabrics.scale_out.fabric.frame_overhead", "8 B"}}).problem(),
             Catch::Contains("frame_overhead"));
  CHECK_THAT(read("both-32", {{"fabrics.scale_out.fabric.control_packet", "8 B"}}).problem(),
             Catch::Contains("scale_out.fabric.control_packet"));
  CHECK_THAT(read("both-32", {{"fabrics.scale_out.fabric.write_limit", "lane"}}).problem(),
             Catch::Contains("scale_out.fabric.write_limit"));
  CHECK_THAT(read("both-32", {{"fabrics.scale_out.fabric.traffic_classes", "{copies: 1}"}}).problem(),
             Catch::Contains("scale_out.fabric.traffic_classes"));
  CHECK_THAT(read("both-32", {{"fabrics.scale_out.fabric.access.write_extra", "1 us"}}).problem(),
             Catch::Contains("the same write_extra as in machine.fabrics.scale_up.access"));
}

TEST_CASE("classes of traffic that a port has too few virtual lanes for are refused")
{
  // Control and seven classes, each with two levels.
  CHECK(read("tree-64", {{"ub.traffic_classes", "{copies: 6}"}}).problem().empty());
  CHECK_THAT(read("tree-64", {{"ub.traffic_classes", "{copies: 7}"}}).problem(),
             Catch::Contains("machine.ub.traffic_classes: expected at most 7 classes, found 8: a port has 16 virtual "
                             "lanes, and each class and control take 2"));
  CHECK(read("star-72", {{"ub.traffic_classes", "{copies: 14}"}}).problem().empty());
}

TEST_CASE("events need a second level of a Clos, which its classes must leave room for")
{
  models::MachineSpec clos;
  clos.ub.traffic.policy.weights.assign(8, 1);
  CHECK_FALSE(models::virtual_lanes_problem(clos));
  clos.events.events.emplace_back();
  CHECK_THAT(models::virtual_lanes_problem(clos).value_or(""), Catch::Contains("expected at most 7 classes, found 8"));
}

TEST_CASE("a fabric whose ways follow from its shape has no key for them")
{
  CHECK_THAT(read("mesh-64", {{"ub.internode_traversals", "3"}}).problem(), Catch::Contains("internode_traversals"));
}

TEST_CASE("CPUs take part where their machine gives them lanes")
{
  CHECK_FALSE(read("tree-64").spec.cpu_traffic_problem());
  CHECK_THAT(read("mesh-64").spec.cpu_traffic_problem().value_or(""), Catch::Contains("CPUs have no lanes"));
  // They have lanes inside a node, but none that lead out.
  CHECK_THAT(read("both-32").spec.cpu_traffic_problem().value_or(""),
             Catch::Contains("machine.fabrics.scale_out.fabric"));
  CHECK_FALSE(
      read("both-32", {{"fabrics.scale_out.fabric.cpu_bandwidth", "10 GB/s"}, {"fabrics.scale_out.fabric.rails", "4"}})
          .spec.cpu_traffic_problem());
}

TEST_CASE("a free network has ports without latency and of any rate, whatever its kind")
{
  models::MachineSpec machine = read("both-32").spec;
  models::set_free({.network = true}, machine);
  for (const auto& port : network_of(machine).ports)
    CHECK((port.latency == Seconds(0) && port.rate > BytesPerSecond(1e15)));
  CHECK(machine.ub.extra_traversals() == Seconds(0));
}

TEST_CASE("lanes of a machine are called as its fabrics call them")
{
  CHECK(models::lane_name(read("mesh-64").spec, 9) == "dimension 1 lane 2");
  const models::MachineSpec both = read("both-32").spec;
  CHECK(models::lane_name(both, 17) == "lane 17");
  CHECK(models::lane_name(both, 18) == "scale-out lane 0");
}

TEST_CASE("lanes that other traffic crosses are narrower, whatever the kind")
{
  const models::MachineSpec machine = read("mesh-64").spec;
  auto plane = models::data_plane_spec(machine, topology::Supernode(machine.topology), 1);
  models::narrow_lanes(plane, 0, machine.topology.ub_endpoints(), 0.5);
  CHECK(std::ranges::all_of(plane.network.ports, [](const auto& port) { return port.rate == 12.5_GBps; }));
}

TEST_CASE("between two endpoints their ways over the fabric that packets take carry the bytes")
{
  const models::MachineSpec both = read("both-32", {{"fabrics.scale_out.fabric.payload_share", "50 %"}}).spec;
  CHECK(models::way_rate(both, 0, 7) == 450_GBps);
  CHECK(models::way_rate(both, 0, 8) == 25_GBps);
  CHECK(models::way_rate(read("mesh-64").spec, 0, 9) == 25_GBps);
}
