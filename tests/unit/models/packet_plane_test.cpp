// Which plane's packets a machine simulates: the shipped H800 cluster has NVLinks and a fat tree.
#include "models/network/machine.h"
#include "sim/config/reader.h"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace cm;
using sim::config::Value;

namespace {

const std::string Configs = CM_SOURCE_DIR "/configs";

// The machine's own sections with their parts in place.
Value cluster()
{
  Value machine = sim::config::load_file(Configs + "/machines/h800-cluster.yaml");
  for (Value::Entry& entry : machine.entries)
    if (const Value* part = entry.value.find("part"))
      entry.value = sim::config::load_file(Configs + "/parts/" + part->text + ".yaml");
  return machine;
}

struct Reading {
  sim::config::ReadingLog log;
  models::MachineSpec spec;
};

Reading read(const Value& map)
{
  Reading reading;
  sim::config::Reader machine(map, "machine", reading.log);
  reading.spec = models::read_machine(machine);
  return reading;
}

Reading read_with(const std::vector<std::pair<std::string, std::string>>& changes)
{
  Value map = cluster();
  for (const auto& [path, value] : changes)
    sim::config::set_path(map, path, sim::config::parse_text("--set", value));
  return read(map);
}

}  // namespace

TEST_CASE("packets run over the fat tree of a machine that says so")
{
  const Reading reading = read(cluster());
  REQUIRE(reading.log.problems.empty());
  CHECK(reading.spec.topology.sub_planes == 1);
  CHECK(reading.spec.topology.l2_per_sub_plane == 8);
  CHECK(reading.spec.topology.lane_bandwidth == 50_GBps);
  CHECK(reading.spec.topology.dies() == 256);
  CHECK(reading.spec.ub.mtu == 4_KiB);
}

TEST_CASE("messages about the packet plane name keys of the plane that is simulated")
{
  CHECK(read(cluster()).spec.ub.key("mtu") == "machine.rdma.fabric.mtu");
  CHECK(read_with({{"packet_plane", "ub"}, {"nodes", "1"}}).spec.ub.key("mtu") == "machine.ub.mtu");
}

TEST_CASE("one node of the same machine runs over its NVLinks")
{
  const Reading reading = read_with({{"packet_plane", "ub"}, {"nodes", "1"}});
  REQUIRE(reading.log.problems.empty());
  CHECK(reading.spec.topology.sub_planes == 8);
  CHECK(reading.spec.topology.l2_per_sub_plane == 0);
  CHECK(reading.spec.topology.lane_bandwidth == 25_GBps);
  CHECK(reading.spec.ub.mtu == 8_KiB);
}

TEST_CASE("the plane whose packets are not simulated is checked all the same")
{
  const Reading idle_scale_up = read_with({{"ub.lane_bandwidth", "25 GB"}});
  REQUIRE(idle_scale_up.log.problems.size() == 1);
  CHECK_THAT(idle_scale_up.log.problems.front(), Catch::Contains("machine.ub.lane_bandwidth"));
  const Reading idle_tree = read_with({{"packet_plane", "ub"}, {"nodes", "1"}, {"rdma.fabric.lanes", "1"}});
  REQUIRE(idle_tree.log.problems.size() == 1);
  CHECK_THAT(idle_tree.log.problems.front(), Catch::Contains("machine.rdma.fabric.lanes"));
}

TEST_CASE("NVLinks alone do not join several nodes")
{
  const Reading reading = read_with({{"packet_plane", "ub"}});
  REQUIRE(reading.log.problems.size() == 1);
  CHECK_THAT(reading.log.problems.front(), Catch::Contains("32 nodes need at least one L2 switch chip"));
}

TEST_CASE("what moves inside a node is right only where its links are simulated")
{
  CHECK_THAT(read(cluster()).spec.node_traffic_problem().value(),
             Catch::Contains("machine.ub") && Catch::Contains("machine.packet_plane=ub with machine.nodes=1"));
  CHECK_FALSE(read_with({{"packet_plane", "ub"}, {"nodes", "1"}}).spec.node_traffic_problem());
  // A node of one GPU has no inside.
  CHECK_FALSE(read_with({{"node.npus", "1"}}).spec.node_traffic_problem());
}

TEST_CASE("a fat tree is no larger than its switches have ports for")
{
  CHECK(read_with({{"nodes", "64"}}).log.problems.empty());
  const Reading reading = read_with({{"nodes", "65"}});
  REQUIRE(reading.log.problems.size() == 1);
  CHECK_THAT(reading.log.problems.front(), Catch::Contains("machine.nodes: expected at most 64 nodes, found 65") &&
                                               Catch::Contains("machine.rdma.fabric.ports.l2") &&
                                               Catch::Contains("QM9700"));
  CHECK_THAT(read_with({{"rdma.fabric.sub_planes", "2"}, {"rdma.fabric.cpu_lanes", "2"}}).log.problems.front(),
             Catch::Contains("expected at most 1 sub-planes, found 2"));
}

TEST_CASE("ports of the plane whose packets are not simulated are counted too")
{
  const Reading reading = read_with({{"ub.sub_planes", "9"}, {"ub.cpu_lanes", "9"}});
  REQUIRE(reading.log.problems.size() == 1);
  CHECK_THAT(reading.log.problems.front(), Catch::Contains("machine.ub.sub_planes: expected at most 8"));
}

TEST_CASE("a machine without a fat tree cannot simulate its packets")
{
  Value map = cluster();
  Value* rdma = map.find("rdma");
  std::erase_if(rdma->entries, [](const Value::Entry& each) { return each.key == "fabric"; });
  const Reading reading = read(map);
  REQUIRE(reading.log.problems.size() == 1);
  CHECK_THAT(reading.log.problems.front(), Catch::Contains("machine.rdma.fabric"));
}
