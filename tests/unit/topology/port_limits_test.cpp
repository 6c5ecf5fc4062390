#include "topology/fabrics/clos_keys.h"
#include "topology/fabrics/port_limits.h"
#include "topology/supernode/read_fabrics.h"
#include "topology/supernode/read_supernode.h"

#include <catch2/catch.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace cm::topology;
using namespace cm::sim::config;

namespace {

const std::string MachineFile = R"(
nodes: 4
nodes_per_rack: 4
node: {npus: 2, dies_per_npu: 2, cpus: 1, die_to_die_bandwidth: 270 GB/s}
ub:
  sub_planes: 3
  l2_per_sub_plane: 2
  cpu_lanes: 9
  lane_bandwidth: 28 GB/s
  uplink_bandwidth: 28 GB/s
  cpu_bandwidth: 160 GB/s
  ports:
    die: {value: 3, evidence: published, source: "a data sheet"}
    l1_down: {value: 5, assumed: "counted"}
    l1_up: {value: 2, evidence: published, source: "a figure"}
    l2: {value: 4, evidence: published, source: "a table"}
rdma: {die_bandwidth: 200 Gb/s}
vpc: {node_bandwidth: 400 Gb/s}
)";

using Changes = std::vector<std::pair<std::string, std::string>>;

std::vector<std::string> problems_with(const Changes& changes)
{
  Value map = parse_text("machine.yaml", MachineFile);
  for (const auto& [path, value] : changes)
    set_path(map, path, parse_text("--set machine." + path, value));
  ReadingLog log;
  Reader machine(map, "machine", log);
  Reader node = machine.section({"node", "one compute node"});
  Reader ub = machine.section({"ub", "the UB plane"});
  Reader rdma = machine.section({"rdma", "the RDMA plane"});
  Reader vpc = machine.section({"vpc", "the VPC plane"});
  read_supernode({machine, node, ub, rdma, vpc});
  return log.problems;
}

}  // namespace

TEST_CASE("a machine that takes every port is right")
{
  CHECK(problems_with({}).empty());
}

TEST_CASE("one more than a device has ports for is refused, with the limit and its source")
{
  const auto [changes, problem] = GENERATE(table<Changes, std::string>({
      {{{"nodes", "5"}},
       "--set machine.nodes:1:1: machine.nodes: expected at most 4 nodes, found 5: an L2 switch chip has one port to "
       "each (machine.ub.ports.l2 at machine.yaml:16:9: a table); for a device with more ports set "
       "machine.ub.ports.l2 too"},
      {{{"ub.sub_planes", "4"}},
       "--set machine.ub.sub_planes:1:1: machine.ub.sub_planes: expected at most 3 sub-planes, found 4: a die has one "
       "port to each (machine.ub.ports.die at machine.yaml:13:10: a data sheet); for a device with more ports set "
       "machine.ub.ports.die too"},
      {{{"ub.l2_per_sub_plane", "3"}},
       "--set machine.ub.l2_per_sub_plane:1:1: machine.ub.l2_per_sub_plane: expected at most 2 L2 switch chips in a "
       "sub-plane, found 3: an L1 switch chip has one port to each (machine.ub.ports.l1_up at machine.yaml:15:12: a "
       "figure); for a device with more ports set machine.ub.ports.l1_up too"},
      {{{"node.cpus", "2"}},
       "--set machine.node.cpus:1:1: machine.node.cpus: expected at most 5 dies and CPUs in a node, found 6: an L1 "
       "switch chip has one port to each (machine.ub.ports.l1_down at machine.yaml:14:14: counted); for a device with "
       "more ports set machine.ub.ports.l1_down too"},
  }));
  CHECK(problems_with(changes) == std::vector<std::string>{problem});
}

TEST_CASE("of dies and CPUs the key that was changed is named")
{
  for (const std::string key : {"node.npus", "node.dies_per_npu"})
    CHECK_THAT(problems_with({{key, "3"}}).front(), Catch::StartsWith("--set machine." + key + ":1:1: "));
  // A limit that is lowered leaves the machine's own keys.
  CHECK_THAT(
      problems_with({{"ub.ports.l1_down", "4"}}).front(),
      Catch::StartsWith("machine.yaml:4:14: machine.node.npus: expected at most 4 dies and CPUs in a node, found "
                        "5") &&
          Catch::Contains("machine.ub.ports.l1_down at --set machine.ub.ports.l1_down:1:1"));
}

TEST_CASE("a larger device takes a larger machine, and a limit of 0 is none")
{
  CHECK(problems_with({{"nodes", "5"}, {"ub.ports.l2", "5"}}).empty());
  CHECK(problems_with({{"nodes", "200"}, {"ub.ports.l2", "0"}}).empty());
}

TEST_CASE("every count that is too large is told")
{
  CHECK(problems_with({{"nodes", "5"}, {"ub.sub_planes", "4"}, {"ub.l2_per_sub_plane", "3"}, {"node.cpus", "2"}})
            .size() == 4);
}

TEST_CASE("a machine of one tier has no L2 ports to run out of")
{
  Value map = parse_text("machine.yaml", MachineFile);
  for (const auto& [path, value] : Changes{{"nodes", "5"}, {"ub.l2_per_sub_plane", "0"}, {"ub.ports.l2", "4"}})
    set_path(map, path, parse_text("--set machine." + path, value));
  ReadingLog log;
  Reader machine(map, "machine", log);
  Reader node = machine.section({"node", "one compute node"});
  Reader ub = machine.section({"ub", "the UB plane"});
  // Several nodes may do without L2 switch chips only where another plane connects them.
  SupernodeSpec spec;
  spec.nodes = 5;
  spec.npus_per_node = spec.dies_per_npu = 2;
  spec.cpus_per_node = 1;
  check_idle_fabric({machine, node}, ub, spec);
  CHECK(log.problems.empty());
}

TEST_CASE("counts that nobody could read need no ports")
{
  const Value map = parse_text("machine.yaml", MachineFile);
  ReadingLog log;
  Reader machine(map, "machine", log);
  Reader node = machine.section({"node", "one compute node"});
  Reader ub = machine.section({"ub", "the UB plane"});
  check_clos_ports(machine, node, ub, {}, {});
  CHECK(log.problems.empty());
  ClosShape shape;
  shape.planes = 4;  // of the three that a die has ports for
  check_clos_ports(machine, node, ub, shape, {});
  REQUIRE(log.problems.size() == 1);
  CHECK_THAT(log.problems.front(), Catch::Contains("expected at most 3 sub-planes, found 4"));
}
