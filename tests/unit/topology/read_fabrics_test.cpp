#include "topology/supernode/read_fabrics.h"
#include "topology/supernode/supernode_checks.h"
#include "topology/supernode/supernode_network.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::topology;
using namespace cm::sim::config;

namespace {

SupernodeSpec two_nodes()
{
  SupernodeSpec spec;
  spec.nodes = spec.nodes_per_rack = 2;
  spec.npus_per_node = 4;
  spec.dies_per_npu = spec.cpus_per_node = 1;
  spec.die_to_die_bandwidth = spec.rdma_bandwidth = spec.vpc_bandwidth = 1_GBps;
  return spec;
}

struct Reading {
  ReadingLog log{};
  SupernodeSpec spec = two_nodes();
};

Reading only(const std::string& keys)
{
  Reading reading;
  const Value map = parse_text("m.yaml", keys);
  Reader fabric(map, "machine.ub", reading.log);
  read_only_fabric(fabric, reading.spec);
  fabric.finish();
  return reading;
}

Reading both(const std::string& up, const std::string& out)
{
  Reading reading;
  const Value up_map = parse_text("up.yaml", up);
  const Value out_map = parse_text("out.yaml", out);
  Reader scale_up(up_map, "machine.fabrics.scale_up", reading.log);
  Reader scale_out(out_map, "machine.fabrics.scale_out.fabric", reading.log);
  const Value rest = parse_text("m.yaml", "{nodes: 2}");
  Reader machine(rest, "machine", reading.log);
  read_both_fabrics({machine, machine}, scale_up, scale_out, reading.spec);
  scale_up.finish();
  scale_out.finish();
  return reading;
}

const std::string Clos = "{sub_planes: 2, l2_per_sub_plane: 0, cpu_lanes: 2, lane_bandwidth: 25 GB/s, "
                         "cpu_bandwidth: 10 GB/s}";
const std::string Star = "{kind: star, joins: node, chips: 2, links: 2, lane_bandwidth: 25 GB/s}";
const std::string Tree = "{kind: fat-tree, tiers: 2, radix: 8, rails: 4, rail_by: die, lane_bandwidth: 50 GB/s, "
                         "uplink_bandwidth: 50 GB/s}";

}  // namespace

TEST_CASE("a fabric that names no kind is the Clos of the spec's counts")
{
  const Reading reading =
      only("{sub_planes: 3, l2_per_sub_plane: 2, cpu_lanes: 3, lane_bandwidth: 2 GB/s, uplink_bandwidth: 4 GB/s, "
           "cpu_bandwidth: 9 GB/s}");
  CHECK(reading.log.problems.empty());
  CHECK(reading.spec.fabrics.empty());
  CHECK(reading.spec.lanes() == 3);
  CHECK(reading.spec.spines() == 2);
  CHECK(reading.spec.cpu_lane_bandwidth() == 3_GBps);
}

TEST_CASE("a fabric of another kind has the means of its lanes")
{
  const Reading reading = only("{kind: star, links: [3, 2], lane_bandwidth: 4 GB/s, cpu_bandwidth: 10 GB/s}");
  REQUIRE(reading.log.problems.empty());
  CHECK(reading.spec.lanes() == 5);
  CHECK(reading.spec.spines() == 0);
  CHECK(reading.spec.lane_bandwidth == 4_GBps);
  CHECK(reading.spec.die_bandwidth() == 20_GBps);
  CHECK(reading.spec.cpu_lane_bandwidth() == 2_GBps);
}

TEST_CASE("a fabric inside nodes does not join several")
{
  CHECK_THAT(only(Star).log.problems.front(),
             Catch::Contains("machine.ub.joins: 2 nodes need a fabric that joins them: expected machine, found node"));
  CHECK_THAT(both(Star, Star).log.problems.front(), Catch::Contains("machine.fabrics.scale_out.fabric.joins"));
}

TEST_CASE("a fabric inside the nodes ends there, where another one joins them")
{
  const std::string wide = "{kind: star, chips: 2, links: 2, lane_bandwidth: 25 GB/s}";
  CHECK_THAT(both(wide, Tree).log.problems.front(),
             Catch::Contains("machine.fabrics.scale_up.joins: another fabric joins the nodes: expected node"));
  const std::string two_tiers = "{sub_planes: 2, l2_per_sub_plane: 3, cpu_lanes: 2, lane_bandwidth: 25 GB/s, "
                                "uplink_bandwidth: 25 GB/s, cpu_bandwidth: 10 GB/s}";
  CHECK_THAT(both(two_tiers, Tree).log.problems.front(),
             Catch::Contains("l2_per_sub_plane") && Catch::Contains("expected 0"));
}

TEST_CASE("a Clos beside another fabric needs no more ports than its devices have")
{
  const std::string narrow = Clos.substr(0, Clos.size() - 1) + ", ports: {die: 1}}";
  CHECK_THAT(both(narrow, Tree).log.problems.front(), Catch::Contains("expected at most 1 sub-planes, found 2"));
}

TEST_CASE("two fabrics have no more lanes together than the packet fabric can name")
{
  const auto star = [](int links, const std::string& more = "") {
    return "{kind: star, links: " + std::to_string(links) + ", lane_bandwidth: 25 GB/s" + more + "}";
  };
  CHECK(both(star(200, ", joins: node"), star(55)).log.problems.empty());
  CHECK_THAT(both(star(200, ", joins: node"), star(56)).log.problems.front(),
             Catch::Contains("machine.fabrics.scale_out.fabric.kind: expected at most 255 lanes of an endpoint in both "
                             "fabrics, found 200 and 56"));
}

TEST_CASE("dies forward packets in one fabric at most")
{
  const std::string inside = "{kind: full-mesh, joins: node, dimensions: 4, lane_bandwidth: 25 GB/s}";
  const std::string between = "{kind: full-mesh, dimensions: [2, 4], lane_bandwidth: 25 GB/s}";
  CHECK(both(inside, Tree).log.problems.empty());
  CHECK_THAT(both(inside, between).log.problems.front(),
             Catch::Contains("machine.fabrics.scale_out.fabric.kind: endpoints forward packets in the other fabric"));
}

TEST_CASE("an unknown kind is refused with the nearest one")
{
  CHECK_THAT(only("{kind: fattree}").log.problems.front(), Catch::Contains("fat-tree"));
  // What a kind does not know, other kinds may.
  CHECK_THAT(only("{kind: star, links: 1, lane_bandwidth: 4 GB/s, sub_planes: 2}").log.problems.front(),
             Catch::Contains("sub_planes"));
}

TEST_CASE("with two fabrics the lanes of the first come first, and packets take it inside a node")
{
  const Reading reading = both(GENERATE(Star, Clos), Tree);
  REQUIRE(reading.log.problems.empty());
  REQUIRE(reading.spec.fabrics.size() == 2);
  CHECK_FALSE(reading.spec.fabrics.front().joins_nodes);
  const auto inside = static_cast<std::uint32_t>(reading.spec.fabrics.front().lanes.size());
  CHECK(reading.spec.lanes() == inside + 1);
  CHECK(reading.spec.die_bandwidth().count() == Approx(25e9 * inside + 50e9));
  const std::vector<FabricTiming> timing(2, {{0_ns, 200_ns, 200_ns}, 64_KiB});
  const auto network = fabric_network(fabric_plans(reading.spec), timing);
  CHECK(network.graph.ends.at(network.lane_out_ports.at(0)).role == 0);
  CHECK(network.graph.ends.at(network.lane_out_ports.at(inside)).role == 1);
  CHECK(check_supernode(Supernode(reading.spec)).passed());
}

TEST_CASE("a fabric whose packets are not simulated is checked for what is wrong with it")
{
  const auto problems = [](const std::string& keys) {
    ReadingLog log;
    const Value map = parse_text("m.yaml", keys);
    const Value rest = parse_text("m.yaml", "{nodes: 2}");
    Reader fabric(map, "machine.ub", log);
    Reader machine(rest, "machine", log);
    check_idle_fabric({machine, machine}, fabric, two_nodes());
    fabric.finish();
    return log.problems;
  };
  CHECK(problems(Star).empty());
  CHECK(problems(Clos).empty());
  CHECK(problems("{kind: star, links: 0, lane_bandwidth: 4 GB/s}").size() == 1);
}

TEST_CASE("a machine of another kind is counted, and a lost cable is noticed")
{
  Reading reading = only(Tree);
  REQUIRE(reading.log.problems.empty());
  const CheckReport report = check_supernode(Supernode(reading.spec));
  CHECK(report.passed());
  // Four dies of a node with 50 GB/s each, one way.
  CHECK(report.capacities.bisection == 200_GBps);
  const auto value = [](const CheckReport& from, const std::string& name) {
    for (const Check& check : from.checks)
      if (check.name == name)
        return check.value;
    return std::string("no such check");
  };
  CHECK(value(report, "leaf chips") == "4");
  CHECK(value(report, "every endpoint pair reachable") == "yes");
  reading.spec.fabrics.front().cables.pop_back();
  CHECK_FALSE(check_supernode(Supernode(reading.spec)).passed());
}

TEST_CASE("the dies of one node are halved for its bisection, and CPUs are left out")
{
  const auto bisection = [](const std::string& keys) {
    Reading reading;
    reading.spec.nodes = 1;
    const Value map = parse_text("m.yaml", keys);
    Reader fabric(map, "machine.ub", reading.log);
    read_only_fabric(fabric, reading.spec);
    return check_supernode(Supernode(reading.spec)).capacities.bisection;
  };
  // Two dies with a link to each of the two others.
  CHECK(bisection("{kind: full-mesh, dimensions: [4], lane_bandwidth: 3 GB/s}") == 12_GBps);
  CHECK(bisection("{kind: star, links: 2, lane_bandwidth: 3 GB/s, cpu_bandwidth: 50 GB/s}") == 12_GBps);
  CHECK(bisection("{kind: full-mesh, dimensions: [2, 2], lane_bandwidth: 3 GB/s}") == 6_GBps);
}
