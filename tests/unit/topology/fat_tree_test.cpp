#include "tests/support/fabric_text.h"
#include "topology/fabrics/fabric_kinds.h"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace cm;
using namespace cm::topology;

namespace {

constexpr FabricSite Site{.nodes = 8, .dies_per_node = 4, .cpus_per_node = 1};

tests::FabricText tree(const std::string& keys, const FabricSite& site = Site)
{
  return tests::read_fabric_text(fat_tree_kind(), site,
                                 "{lane_bandwidth: 2 GB/s, uplink_bandwidth: 3 GB/s, " + keys + "}");
}

// Chips that an endpoint or chip has cables to, by name.
std::set<std::string> above(const FabricPlan& plan, std::uint32_t vertex)
{
  std::set<std::string> names;
  for (const FabricCable& cable : plan.cables)
    if (cable.from == vertex)
      names.insert(plan.chips.at(cable.to - plan.site.endpoints()).name);
  return names;
}

std::uint32_t vertex_of(const FabricPlan& plan, const std::string& chip)
{
  for (std::uint32_t i = 0; i < plan.chips.size(); ++i)
    if (plan.chips[i].name == chip)
      return plan.site.endpoints() + i;
  FAIL("no chip " << chip);
  return 0;
}

}  // namespace

TEST_CASE("a radix splits into as many ports up as down, or as the oversubscription says")
{
  CHECK(tree("tiers: 2, radix: 16").plan.expected.chips == std::vector<std::uint64_t>{4, 8});
  CHECK(tree("tiers: 2, radix: 16, oversubscription: 3").plan.expected.chips == std::vector<std::uint64_t>{3, 4});
  CHECK(tree("tiers: 2, down: 8, up: 5").plan.expected.chips == std::vector<std::uint64_t>{4, 5});
}

TEST_CASE("three tiers join pods by cores, each of which leads to one spine of every pod")
{
  const FabricPlan plan = tree("tiers: 3, down: [4, 2], up: [3, 5], core_bandwidth: 7 GB/s").plan;
  // A node a leaf, two leaves a pod, three spines a pod.
  CHECK(plan.expected.chips == std::vector<std::uint64_t>{8, 4 * 3, 3 * 5});
  CHECK(above(plan, 17) == std::set<std::string>{"leaf:4"});
  CHECK(above(plan, vertex_of(plan, "leaf:4")) == std::set<std::string>{"spine:2.0", "spine:2.1", "spine:2.2"});
  CHECK(above(plan, vertex_of(plan, "spine:2.1")) ==
        std::set<std::string>{"core:1.0", "core:1.1", "core:1.2", "core:1.3", "core:1.4"});
  CHECK(plan.ways == 15);
  CHECK(tree("tiers: 2, down: 8, up: 2, rails: 3").plan.ways == 2 * 3);
  CHECK(longest_way(plan, true) == 5);
  CHECK(plan.cables.back().rate == 7_GBps);
  CHECK(plan.cables.back().stage == 2);
  CHECK(plan.cables.back().back_stage == 3);
}

TEST_CASE("with rails by lane an endpoint has a lane to each rail of its pod")
{
  const FabricPlan plan = tree("tiers: 2, down: 8, up: 2, rails: 3").plan;
  CHECK(plan.lanes == std::vector<std::string>{"rail 0", "rail 1", "rail 2"});
  CHECK(above(plan, 17) == std::set<std::string>{"leaf:2.0", "leaf:2.1", "leaf:2.2"});
  CHECK(lanes_rate(plan, 17) == 6_GBps);
  CHECK(longest_way(plan, false) == 1);
}

TEST_CASE("with rails by die the dies of a node are dealt to the rails")
{
  const FabricPlan plan = tree("tiers: 2, down: 4, up: 2, rails: 2, rail_by: die").plan;
  CHECK(plan.lanes == std::vector<std::string>{"lane 0"});
  // Two nodes a leaf.
  CHECK(above(plan, 20) == std::set<std::string>{"leaf:2.0"});
  CHECK(above(plan, 21) == std::set<std::string>{"leaf:2.1"});
  CHECK(above(plan, 22) == std::set<std::string>{"leaf:2.0"});
  // Dies on different rails of a node meet at a spine.
  CHECK(longest_way(plan, false) == 3);
}

TEST_CASE("CPUs take ports of the leaves where the file gives them a rate")
{
  CHECK(above(tree("tiers: 2, radix: 16").plan, 32).empty());
  const FabricPlan plan = tree("tiers: 2, radix: 20, cpu_bandwidth: 1 GB/s").plan;
  CHECK(above(plan, 32 + 5) == std::set<std::string>{"leaf:2"});
  CHECK(lanes_rate(plan, 32 + 5) == 1_GBps);
}

TEST_CASE("a tree whose chips have no port down, or none up, is refused at the key that says so")
{
  CHECK_THAT(tree("tiers: 2, radix: 1").problem(),
             Catch::Contains("machine.ub.radix: a chip of 1 ports has 0 down and 1 up then"));
  CHECK_THAT(tree("tiers: 2, radix: 3, oversubscription: 0.1").problem(),
             Catch::Contains("machine.ub.oversubscription: a chip of 3 ports has 0 down and 3 up then"));
  CHECK_THAT(tree("tiers: 3, radix: 10, spine_oversubscription: 0.1").problem(),
             Catch::Contains("machine.ub.spine_oversubscription: a chip of 10 ports has 0 down and 10 up then"));
}

TEST_CASE("ports of a tree that contradict each other are refused")
{
  CHECK_THAT(tree("tiers: 2, radix: 16, up: 8").problem(),
             Catch::Contains("machine.ub.up: expected 1 numbers each below down and up, found 0 and 1"));
  CHECK_THAT(
      tree("tiers: 2, radix: 4, down: 8, up: 8").problem(),
      Catch::Contains("machine.ub.down: expected at most 4 ports of a chip, down and up (radix), found 8 and 8"));
  CHECK_THAT(tree("tiers: 2, oversubscription: 2, down: 8, up: 8").problem(),
             Catch::Contains("machine.ub.oversubscription: it splits the radix, but down and up state the ports"));
}

TEST_CASE("a tree that its chips have no ports for is refused")
{
  CHECK_THAT(tree("tiers: 2").problem(), Catch::Contains("expected a radix, or 1 numbers of ports"));
  CHECK_THAT(tree("tiers: 3, down: [4, 4], up: 2").problem(),
             Catch::Contains("machine.ub.down: expected 2 numbers each below down and up, found 2 and 1"));
  CHECK_THAT(tree("tiers: 3, radix: 8, down: 4, up: 4").problem(),
             Catch::Contains("expected 2 numbers each below down and up, found 1 and 1"));
  CHECK_THAT(tree("tiers: 2, down: 3, up: 4").problem(),
             Catch::Contains("a leaf of 3 ports down has too few for the 4 endpoints of a node"));
  CHECK_THAT(tree("tiers: 3, down: [4, 2], up: [2, 2], rails: 3").problem(), Catch::Contains("leaves of 3 rails"));
  CHECK_THAT(tree("tiers: 2, radix: 4, oversubscription: 1, rails: 4, rail_by: die").problem(),
             Catch::Contains("expected at least 16 ports of a chip of the top tier, one to each leaf, found 4"));
  CHECK_THAT(tree("tiers: 2, radix: 16, ports: {spine: 3}").problem(),
             Catch::Contains("expected at most 3 leaf chips, found 4"));
  CHECK_THAT(tree("tiers: 3, radix: 8, ports: {core: 1}").problem(),
             Catch::Contains("expected at most 1 pods, found 2"));
}
