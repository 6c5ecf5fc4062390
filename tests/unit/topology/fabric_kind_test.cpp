// The table of kinds, and kinds that take a few cases.
#include "tests/support/fabric_text.h"
#include "topology/fabrics/fabric_kinds.h"

#include <catch2/catch.hpp>

#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>

using namespace cm;
using namespace cm::topology;

namespace {

constexpr FabricSite Site{.nodes = 1, .dies_per_node = 8, .cpus_per_node = 2};

tests::FabricText star(const std::string& keys)
{
  return tests::read_fabric_text(star_kind(), Site, "{lane_bandwidth: 25 GB/s, " + keys + "}");
}

}  // namespace

TEST_CASE("kinds have names of their own, and the Clos comes first")
{
  std::set<std::string_view> names;
  for (const FabricKind& kind : fabric_kinds()) {
    CHECK(names.insert(kind.name).second);
    CHECK_FALSE(kind.sentence.empty());
    CHECK(is_clos(kind) == (&kind == &fabric_kinds().front()));
  }
}

TEST_CASE("a file that names no kind has a Clos, and one that names another has none")
{
  const auto is_named = [](const std::string& text) {
    sim::config::ReadingLog log;
    const sim::config::Value map = sim::config::parse_text("f.yaml", text);
    sim::config::Reader reader(map, "machine.ub", log);
    const bool named = names_clos(reader);
    CHECK(log.problems.empty());
    return named;
  };
  CHECK(is_named("{mtu: 1}"));
  CHECK(is_named("{kind: clos}"));
  CHECK_FALSE(is_named("{kind: star}"));
  CHECK_FALSE(is_named("{kind: unknown}"));
}

TEST_CASE("a fabric of a node is the same in each of them")
{
  sim::config::ReadingLog log;
  const sim::config::Value map = sim::config::parse_text("f.yaml", "{joins: node, links: 2, lane_bandwidth: 1 GB/s}");
  sim::config::Reader reader(map, "machine.ub", log);
  const FabricPlan plan = read_fabric(reader, star_kind(), {.nodes = 3, .dies_per_node = 2, .cpus_per_node = 0});
  CHECK_FALSE(plan.joins_nodes);
  CHECK(plan.chips.size() == 3);
  CHECK(plan.chips.at(2).name == "chip:2.0");
  CHECK(plan.chips.at(2).node == 2);
  CHECK(every_pair_reachable(plan));
  FabricPlan cut = plan;
  for (FabricCable& cable : cut.cables)
    if (cable.from == 0)
      cable.to = cut.site.endpoints() + 1;  // the chip of the next node
  CHECK_FALSE(every_pair_reachable(cut));
}

TEST_CASE("chips of a star may take different numbers of links")
{
  const FabricPlan plan = star("links: [5, 4, 4, 5]").plan;
  CHECK(plan.chips.size() == 4);
  CHECK(plan.lanes.size() == 18);
  std::map<std::uint32_t, int> links;  // of die 3, by chip
  for (const FabricCable& cable : plan.cables)
    if (cable.from == 3)
      ++links[cable.to - Site.endpoints()];
  CHECK(links == std::map<std::uint32_t, int>{{0, 5}, {1, 4}, {2, 4}, {3, 5}});
  CHECK(lanes_rate(plan, 3) == 450_GBps);
}

TEST_CASE("one number of links holds for every chip")
{
  CHECK(star("chips: 3, links: 2").plan.lanes.size() == 6);
  CHECK(star("links: 2").plan.chips.size() == 1);
  CHECK_THAT(star("chips: 3, links: [1, 2]").problem(), Catch::Contains("one for each of 3 chips, found 2"));
  CHECK_THAT(star("chips: [1, 2], links: 1").problem(),
             Catch::Contains("machine.ub.chips: expected one number, found 2"));
}

TEST_CASE("ways behind a lane count the parallel links, on each chip of a star and all through a tree")
{
  CHECK(star("links: 4").plan.ways == 4);
  CHECK(star("links: [4, 6, 3]").plan.ways == 12);
  CHECK(count_ways(std::array{255U, 255U, 255U}) == 65536);
}

TEST_CASE("CPUs are on a star whose file gives them a rate")
{
  CHECK(lanes_rate(star("links: 2").plan, 8).count() == 0);
  const FabricPlan plan = star("links: 2, cpu_bandwidth: 10 GB/s").plan;
  CHECK(lanes_rate(plan, 9) == 10_GBps);
  CHECK(plan.expected.cables == 2 * 10);
}

TEST_CASE("a star of more links than its chips have ports is refused")
{
  CHECK(star("links: [5, 4], ports: {chip: 40, die: 9}").problem().empty());
  CHECK_THAT(star("links: [5, 4], ports: {chip: 39}").problem(),
             Catch::Contains("expected at most 39 links to a switch chip, found 40"));
  CHECK_THAT(star("links: [5, 4], ports: {die: 8}").problem(), Catch::Contains("at most 8 links of a die, found 9"));
}

namespace {

tests::FabricText tree(const std::string& keys)
{
  return tests::read_fabric_text(tree_kind(), Site, "{" + keys + "}");
}

const std::string TwoSockets = "levels: [{fan_out: 2, bandwidth: 4 GB/s}, {fan_out: 2, bandwidth: 8 GB/s}], "
                               "peers: {bandwidth: 2 GB/s, links: 3, latency: 300 ns}";

}  // namespace

TEST_CASE("chips of a tree join devices of the level below, and roots are joined by links between each two")
{
  const FabricPlan plan = tree(TwoSockets).plan;
  CHECK(plan.expected.chips == std::vector<std::uint64_t>{4, 2});
  CHECK(plan.expected.cables == 8 + 4 + 3);
  CHECK(plan.chips.at(3).name == "switch:0.3");
  CHECK(plan.chips.at(5).name == "root:1");
  CHECK(plan.cables.at(11).rate == 8_GBps);
  CHECK(plan.cables.back().rate == 2_GBps);
  CHECK(plan.cables.back().latency.value().count() == Approx(300e-9));
  CHECK_FALSE(plan.cables.front().latency);
  // Behind the first switch chip: up, across, and down two.
  CHECK(longest_way(plan, false) == 4);
}

TEST_CASE("ways of a tree go through the links up, across and down")
{
  CHECK(tree("levels: [{fan_out: 4, bandwidth: 4 GB/s, links: 2}, {fan_out: 1, bandwidth: 8 GB/s, links: 3}], "
             "peers: {bandwidth: 2 GB/s, links: 5}")
            .plan.ways == 2 * 3 * 3 * 5);
}

TEST_CASE("a root of a tree has ports for its CPUs too")
{
  const std::string keys = TwoSockets + ", cpu_bandwidth: 9 GB/s, ports: {switch: ";
  CHECK(tree(keys + "6}").problem().empty());
  CHECK_THAT(tree(keys + "5}").problem(), Catch::Contains("expected at most 5 links of a switch chip, found 6"));
}

TEST_CASE("CPUs stand at the roots of a tree in their order")
{
  const FabricPlan plan = tree(TwoSockets + ", cpu_bandwidth: 9 GB/s").plan;
  const FabricCable& cable = plan.cables.back();
  CHECK(cable.from == 9);
  CHECK(plan.chips.at(cable.to - Site.endpoints()).name == "root:1");
  CHECK(lanes_rate(plan, 8) == 9_GBps);
}

TEST_CASE("a packet of a tree needs a second level only where a third root offers a detour")
{
  CHECK(tree(TwoSockets).plan.levels == 1);
  CHECK(tree("levels: [{fan_out: 2, bandwidth: 4 GB/s}], peers: {bandwidth: 2 GB/s}").plan.levels == 2);
}

TEST_CASE("a tree that is none is refused")
{
  CHECK_THAT(tree("levels: []").problem(),
             Catch::Contains("machine.ub.levels: expected at least one level, found none"));
  CHECK_THAT(tree("levels: [{fan_out: 2, bandwidth: 4 GB/s}]").problem(),
             Catch::Contains("expected one root, or peers that join several, found 4 roots"));
  CHECK_THAT(tree("levels: [{fan_out: 2}]").problem(), Catch::Contains("machine.ub.levels[0].bandwidth"));
  CHECK_THAT(tree("peers: {bandwidth: 2 GB/s}").problem(), Catch::Contains("machine.ub.levels"));
  CHECK_THAT(tree("levels: [{fan_out: 8, bandwidth: 4 GB/s, links: 2}], ports: {switch: 15}").problem(),
             Catch::Contains("expected at most 15 links of a switch chip, found 16"));
  // Two dies below, and three links to the other root.
  CHECK_THAT(tree(TwoSockets + ", ports: {switch: 4}").problem(), Catch::Contains("found 5"));
}
