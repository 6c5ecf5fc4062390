#include "tests/support/fabric_text.h"
#include "topology/fabrics/fabric_kinds.h"
#include "topology/fabrics/shortest_ways.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::topology;

namespace {

constexpr FabricSite Site{.nodes = 4, .dies_per_node = 4, .cpus_per_node = 0};

FabricPlan plan_of(const FabricKind& kind, const std::string& keys)
{
  return tests::read_fabric_text(kind, Site, "{lane_bandwidth: 2 GB/s, " + keys + "}").plan;
}

}  // namespace

TEST_CASE("between dies of a mesh direct links count, and of other ways those that take the dimensions in order")
{
  const FabricPlan ordered = plan_of(full_mesh_kind(), "dimensions: [4, 4], links: [1, 3]");
  CHECK(shortest_ways_rate(ordered, 0, 1) == 2_GBps);
  CHECK(shortest_ways_rate(ordered, 0, 4) == 6_GBps);
  CHECK(shortest_ways_rate(ordered, 0, 5) == 2_GBps);
  const FabricPlan any = plan_of(full_mesh_kind(), "dimensions: [4, 4], links: [1, 3], routing: every-order");
  CHECK(shortest_ways_rate(any, 0, 5) == 8_GBps);
}

TEST_CASE("between two dies of a tree the narrowest step counts")
{
  const std::string keys = "tiers: 2, down: 8, up: 2, rails: 2, uplink_bandwidth: 0.5 GB/s";
  const FabricPlan tree = plan_of(fat_tree_kind(), keys);
  CHECK(shortest_ways_rate(tree, 0, 1) == 4_GBps);
  // Two leaves, two links up from each.
  CHECK(shortest_ways_rate(tree, 0, 15) == 2_GBps);
}

TEST_CASE("between dies that no way joins nothing is carried")
{
  const FabricPlan stars =
      repeat_in_nodes(tests::read_fabric_text(star_kind(), {1, 4, 0}, "{links: 3, lane_bandwidth: 2 GB/s}").plan, 4);
  CHECK(shortest_ways_rate(stars, 0, 3) == 6_GBps);
  CHECK(shortest_ways_rate(stars, 0, 4) == 0_GBps);
}
