#include "topology/fabrics/clos_plan.h"
#include "topology/fabrics/fabric_plan.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::topology;

namespace {

constexpr FabricSite Site{.nodes = 3, .dies_per_node = 2, .cpus_per_node = 1};

FabricPlan small_clos(const FabricSite& site, std::uint32_t spines)
{
  return plan_clos({.planes = 2,
                    .l2_per_plane = spines,
                    .cpu_lanes = 4,
                    .die_lane = 2_GBps,
                    .uplink = 3_GBps,
                    .cpu_bandwidth = 4_GBps},
                   site);
}

}  // namespace

TEST_CASE("endpoints of a site are its dies, then its CPUs, node by node")
{
  CHECK(Site.endpoints() == 9);
  CHECK(Site.node_of(5) == 2);
  CHECK(Site.node_of(6) == 0);
  CHECK(Site.cpu(1, 0) == 7);
}

TEST_CASE("chips and cables are counted by tier")
{
  const FabricCounts counts = count_fabric(small_clos(Site, 2));
  CHECK(counts == FabricCounts{.chips = {6, 4}, .cables = 2 * (9 + 3 * 2)});
  CHECK(counts == small_clos(Site, 2).expected);
  CHECK(counts.ports() == 60);
}

TEST_CASE("all lanes of an endpoint have their rates together")
{
  CHECK(lanes_rate(small_clos(Site, 2), 0) == 4_GBps);
  CHECK(lanes_rate(small_clos(Site, 2), 8) == 2_GBps);
}

TEST_CASE("the longest way has three links between nodes of a two-tier fabric and one inside a node")
{
  CHECK(longest_way(small_clos(Site, 2), true) == 3);
  CHECK(longest_way(small_clos(Site, 2), false) == 1);
  CHECK(longest_way(small_clos({1, 2, 1}, 0), true) == 1);
}

TEST_CASE("the longest way counts links of endpoints that forward")
{
  FabricPlan chain{.kind = "chain", .site = {.nodes = 4, .dies_per_node = 1, .cpus_per_node = 0}};
  for (std::uint32_t die = 0; die < 3; ++die)
    chain.cables.push_back({.from = die, .to = die + 1, .rate = 1_GBps});
  chain.endpoints_forward = true;
  CHECK(longest_way(chain, true) == 3);
  // Nobody gets farther than to the neighbour.
  chain.endpoints_forward = false;
  CHECK(longest_way(chain, true) == 1);
}

TEST_CASE("a fabric of one node is the same in each of several")
{
  FabricPlan one = small_clos({1, 2, 1}, 0);
  for (FabricChip& chip : one.chips)
    chip.name = "chip:" + chip.name.substr(5);
  const FabricPlan all = repeat_in_nodes(one, 3);
  CHECK(all.site == Site);
  CHECK(count_fabric(all) == all.expected);
  CHECK(all.expected.cables == 3 * one.cables.size());
  CHECK(all.chips.at(3).name == "chip:1.1");
  for (const FabricCable& cable : all.cables)
    CHECK((cable.to - Site.endpoints()) / 2 == Site.node_of(cable.from));
  CHECK(lanes_rate(all, Site.cpu(2, 0)) == 2_GBps);
}
