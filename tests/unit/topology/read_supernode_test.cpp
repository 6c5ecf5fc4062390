#include "tests/unit/topology/machines.h"
#include "topology/supernode/read_supernode.h"

#include <catch2/catch.hpp>

#include <string>

using namespace cm::topology;
using namespace cm::sim::config;

namespace {

const std::string MachineFile = R"(
name: test
nodes: 48
nodes_per_rack: 4
node: {npus: 8, dies_per_npu: 2, cpus: 4, die_to_die_bandwidth: 270 GB/s}
ub: {sub_planes: 7, l2_per_sub_plane: 16, cpu_lanes: 7, lane_bandwidth: 224 Gb/s, uplink_bandwidth: 28 GB/s,
     cpu_bandwidth: 160 GB/s, other: 1}
rdma: {die_bandwidth: 200 Gb/s}
vpc: {node_bandwidth: 400 Gb/s}
)";

struct Reading {
  ReadingLog log;
  SupernodeSpec spec;
};

Reading read(const Value& map)
{
  Reading reading;
  Reader machine(map, "machine", reading.log);
  Reader node = machine.section({"node", "one compute node"});
  Reader ub = machine.section({"ub", "the UB plane"});
  Reader rdma = machine.section({"rdma", "the RDMA plane"});
  Reader vpc = machine.section({"vpc", "the VPC plane"});
  reading.spec = read_supernode({machine, node, ub, rdma, vpc});
  return reading;
}

Reading read_with(const std::string& path, const std::string& value)
{
  Value map = parse_text("machine.yaml", MachineFile);
  set_path(map, path, parse_text("--set", value));
  return read(map);
}

}  // namespace

TEST_CASE("a machine MachineFile gives the spec and keys of other layers are left alone")
{
  const Reading reading = read(parse_text("machine.yaml", MachineFile));
  CHECK(reading.log.problems.empty());
  CHECK(reading.spec == test::full_spec());
}

TEST_CASE("counts outside their range are refused and the ends of the range are not")
{
  const auto [path, allowed, refused] = GENERATE(table<std::string, std::string, std::string>({
      {"nodes", "1", "0"},
      {"nodes", "1000", "1048577"},
      {"ub.sub_planes", "1", "0"},
      {"ub.sub_planes", "7", "19"},
      {"ub.l2_per_sub_plane", "48", "49"},
      {"node.npus", "64", "1048577"},
      {"node.cpus", "1", "0"},
      {"ub.cpu_lanes", "18", "-1"},
      {"ub.lane_bandwidth", "1 MB/s", "0.9 MB/s"},
      {"ub.uplink_bandwidth", "100 TB/s", "101 TB/s"},
      {"rdma.die_bandwidth", "25 GB/s", "-25 GB/s"},
      {"vpc.node_bandwidth", "50 GB/s", "50"},
  }));
  CAPTURE(path, allowed, refused);
  CHECK(read_with(path, allowed).log.problems.empty());
  const Reading reading = read_with(path, refused);
  REQUIRE(reading.log.problems.size() == 1);
  CHECK_THAT(reading.log.problems.front(), Catch::Contains("machine." + path));
}

TEST_CASE("one node needs no second tier of switches, and several nodes do")
{
  Value map = parse_text("machine.yaml", MachineFile);
  set_path(map, "ub.l2_per_sub_plane", parse_text("--set", "0"));
  REQUIRE(read(map).log.problems.size() == 1);
  CHECK_THAT(read(map).log.problems.front(), Catch::Contains("at least one L2 switch chip"));
  set_path(map, "nodes", parse_text("--set", "1"));
  CHECK(read(map).log.problems.empty());
  CHECK(read(map).spec.l2_per_sub_plane == 0);
}

TEST_CASE("a machine of more ports than the fabric numbers is refused")
{
  Value map = parse_text("machine.yaml", MachineFile);
  for (const auto& [key, value] : std::vector<std::pair<std::string, std::string>>{{"nodes", "256"},
                                                                                   {"node.npus", "16"},
                                                                                   {"node.dies_per_npu", "4"},
                                                                                   {"node.cpus", "8"},
                                                                                   {"ub.sub_planes", "18"},
                                                                                   {"ub.cpu_lanes", "18"}})
    set_path(map, key, parse_text("--set", value));
  CHECK(read(map).log.problems.empty());
  set_path(map, "ub.l2_per_sub_plane", parse_text("--set", "48"));
  REQUIRE(read(map).log.problems.size() == 1);
  CHECK_THAT(read(map).log.problems.front(), Catch::Contains("ports"));
}

TEST_CASE("a CPU has no more sub-planes than lanes")
{
  CHECK(read_with("ub.cpu_lanes", "8").log.problems.empty());
  const Reading reading = read_with("ub.cpu_lanes", "6");
  REQUIRE(reading.log.problems.size() == 1);
  CHECK_THAT(reading.log.problems.front(),
             Catch::Contains("machine.ub.sub_planes: expected at most 6, found 7") && Catch::Contains("cpu_lanes"));
}

TEST_CASE("every missing key is reported at once")
{
  const Value map = parse_text("machine.yaml", "{nodes: 2, node: {}, ub: {}, rdma: {}, vpc: {}}");
  CHECK(read(map).log.problems.size() == 13);
}
