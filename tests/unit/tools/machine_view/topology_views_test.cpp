// A small machine as a graph for Graphviz, as a table, as JSON and as a picture.
#include "tests/support/fabric_text.h"
#include "tests/unit/topology/machines.h"
#include "tools/machine_view/topology_dot.h"
#include "tools/machine_view/topology_report.h"
#include "tools/machine_view/topology_svg.h"
#include "topology/fabrics/fabric_kinds.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <string>
#include <string_view>

using namespace cm::tools;
using cm::topology::Supernode;
using cm::topology::test::small_spec;

namespace {

std::size_t count(std::string_view text, std::string_view what)
{
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + what.size()))
    ++found;
  return found;
}

// Two racks; the second has one of the three nodes.
SwitchUse use_of(double node_2)
{
  const std::vector<double> l1{50, 50, node_2};
  const std::vector<double> l2{100, 100, 0};
  return {.l1 = {l1, l1}, .l2 = {l2, l2}, .words = {"L2: chip 2 is idle"}};
}

}  // namespace

TEST_CASE("Graphviz gets every device once and a cable for each pair of links")
{
  const Supernode machine(small_spec());
  const std::string dot = topology_dot(machine);
  CHECK(count(dot, "[shape=") == machine.graph().vertex_count());
  CHECK(2 * count(dot, " -- ") == machine.graph().links().size());
  CHECK(count(dot, "subgraph \"cluster_node_") == 3);
  CHECK(count(dot, "subgraph \"cluster_rack_") == 2);
  CHECK(count(dot, "{") == count(dot, "}"));
}

TEST_CASE("a check that failed is marked in the table and in JSON")
{
  const Supernode machine(small_spec());
  auto report = check_supernode(machine);
  CHECK(topology_table(machine, report).find("FAILED") == std::string::npos);
  CHECK(nlohmann::json::parse(topology_json(machine, report)).at("passed") == true);
  report.checks.at(1).passed = false;
  CHECK(count(topology_table(machine, report), "FAILED") == 1);
  const auto json = nlohmann::json::parse(topology_json(machine, report));
  CHECK(json.at("passed") == false);
  CHECK(json.at("checks").at(1).at("passed") == false);
  CHECK(json.at("checks").at(0).at("passed") == true);
}

TEST_CASE("JSON and table state one way of a link in gigabytes a second")
{
  const Supernode machine(small_spec());
  const auto report = check_supernode(machine);
  const auto capacities = nlohmann::json::parse(topology_json(machine, report)).at("capacities");
  CHECK(capacities.at("lane_gb_s") == 28);
  CHECK(capacities.at("l1_l2_one_way_gb_s") == Approx(3 * 2 * 3 * 28));     // nodes, sub-planes, L2 chips of each
  CHECK_THAT(topology_table(machine, report), Catch::Contains("56 GB/s"));  // of a die, over its two sub-planes
}

TEST_CASE("the picture has a box for each chip, die and CPU")
{
  auto spec = small_spec();
  spec.cpu_lanes = spec.sub_planes;
  const std::string svg = topology_svg(Supernode(spec), std::nullopt);
  CHECK(count(svg, "<title>L1 chip of node ") == 3 * 2);
  CHECK(count(svg, "<title>L2 chip ") == 2 * 3);
  CHECK(count(svg, ", die ") == spec.dies());
  CHECK(count(svg, ", CPU ") == spec.cpus());
  CHECK(svg.find("out of service") == std::string::npos);
}

TEST_CASE("sub-planes that the machine was published with and lacks are out of service")
{
  const std::string svg = topology_svg(Supernode(small_spec()), std::nullopt);
  CHECK(count(svg, ">sub-plane ") == 2);
  CHECK(count(svg, ">out of service<") == 5 + 1);  // of seven, and the legend
}

TEST_CASE("chips are coloured by their use, and idle chips of all sub-planes are left out")
{
  const std::string svg = topology_svg(Supernode(small_spec()), use_of(50));
  CHECK(count(svg, "L1 chip of node 2, sub-plane 1: 50.00 % busy") == 1);
  CHECK(count(svg, "L2 chip 1 of sub-plane 0: 100.00 % busy") == 1);
  CHECK(count(svg, "<title>L2 chip 2 ") == 0);
  CHECK(count(svg, "L2: chip 2 is idle") == 1);
}

TEST_CASE("a rack whose nodes are all idle is folded")
{
  const std::string svg = topology_svg(Supernode(small_spec()), use_of(0));
  CHECK(count(svg, "node 2: idle") == 1);
  CHECK(count(svg, "<title>L1 chip of node 2") == 0);
  CHECK(count(svg, "<title>L1 chip of node 1") == 7);  // five planes of it out of service
}

TEST_CASE("a machine of another kind is drawn with its switches, and its counts are those of the kind")
{
  auto spec = small_spec();
  spec.fabrics = {cm::tests::read_fabric_text(cm::topology::star_kind(), spec.site(),
                                              "{chips: 3, links: 2, lane_bandwidth: 5 GB/s}")
                      .plan};
  spec.lane_bandwidth = cm::BytesPerSecond(5e9);
  const Supernode machine(spec);
  const std::string dot = topology_dot(machine);
  CHECK(count(dot, "\"chip:2\" [shape=\"ellipse\"]") == 1);
  CHECK(count(dot, "\"5 GB/s each way") == 6 * spec.dies());
  const auto report = check_supernode(machine);
  CHECK_THAT(topology_table(machine, report), Catch::Contains("switch chips") && Catch::Contains("30 GB/s"));
  const auto json = nlohmann::json::parse(topology_json(machine, report));
  CHECK(json.at("fabrics").at(0).at("chips").at("switch chips") == 3);
  CHECK(json.at("fabrics").at(0).at("ports") == 2 * 6 * spec.dies());
  CHECK_FALSE(json.at("counts").contains("l1_switches"));
  CHECK(json.at("passed") == true);
}
