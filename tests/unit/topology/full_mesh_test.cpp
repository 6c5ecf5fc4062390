#include "tests/support/fabric_text.h"
#include "topology/fabrics/fabric_kinds.h"

#include <catch2/catch.hpp>

#include <set>

using namespace cm;
using namespace cm::topology;

namespace {

constexpr FabricSite Site{.nodes = 3, .dies_per_node = 4, .cpus_per_node = 1};

tests::FabricText mesh(const std::string& keys, const FabricSite& site = Site)
{
  return tests::read_fabric_text(full_mesh_kind(), site, "{lane_bandwidth: 2 GB/s, " + keys + "}");
}

}  // namespace

TEST_CASE("a die of a mesh has a link to each other die of its row and of its column")
{
  const FabricPlan plan = mesh("dimensions: [4, 3], links: [1, 2]").plan;
  CHECK(plan.lanes.size() == 3 + 2 * 2);
  CHECK(plan.cables.size() == 12 * 7 / 2);
  std::multiset<std::uint32_t> neighbours;
  for (const FabricCable& cable : plan.cables)
    if (cable.from == 5 || cable.to == 5)
      neighbours.insert(cable.from == 5 ? cable.to : cable.from);
  // Die 5 stands in column 1 of row 1.
  CHECK(neighbours == std::multiset<std::uint32_t>{4, 6, 7, 1, 1, 9, 9});
  CHECK(plan.endpoints_forward);
  CHECK(plan.chips.empty());
}

TEST_CASE("a lane of a mesh leads the same number of dies on, around the end, for every die")
{
  const FabricPlan plan = mesh("dimensions: [4, 3]").plan;
  const auto place = [](std::uint32_t die, std::uint32_t dimension) { return dimension == 0 ? die % 4 : die / 4; };
  for (const FabricCable& cable : plan.cables) {
    const std::uint32_t size = cable.stage == 0 ? 4 : 3;
    const std::uint32_t first = cable.stage == 0 ? 0 : 3;
    const auto on = [&](std::uint32_t from, std::uint32_t to) {
      return (place(to, cable.stage) + size - place(from, cable.stage)) % size;
    };
    CHECK(cable.from_lane == first + on(cable.from, cable.to) - 1);
    CHECK(cable.to_lane == first + on(cable.to, cable.from) - 1);
  }
}

TEST_CASE("ordered ways of a mesh need a level for detours, and ways in every order one more for each turn back")
{
  const FabricPlan ordered = mesh("dimensions: [3, 2, 2]").plan;
  CHECK_FALSE(ordered.every_order);
  CHECK(ordered.levels == 2);
  CHECK(ordered.ways == 1);
  const FabricPlan any = mesh("dimensions: [3, 2, 2], links: 2, routing: every-order").plan;
  CHECK(any.every_order);
  CHECK(any.levels == 4);
  CHECK(any.ways == 8 * 6);
}

TEST_CASE("dimensions that hold another number of dies are refused")
{
  CHECK_THAT(
      mesh("dimensions: [4, 4]").problem(),
      Catch::Contains("machine.ub.dimensions: expected dimensions whose product is the number of dies, 12, found "
                      "16"));
  CHECK_THAT(mesh("dimensions: [4, 3], links: [1, 1, 1]").problem(), Catch::Contains("one for each of 2 dimensions"));
  CHECK_THAT(mesh("dimensions: [2, 2, 2, 2, 2, 2, 2]", {.nodes = 1, .dies_per_node = 128}).problem(),
             Catch::Contains("at most 6 dimensions, found 7"));
  CHECK_THAT(mesh("dimensions: [4096, 4096, 4096, 4096, 4096, 4096]").problem(), Catch::Contains("number of dies, 12"));
}

TEST_CASE("a mesh of more links than a die has ports or lanes is refused")
{
  CHECK(mesh("dimensions: [4, 3], ports: {die: 5}").problem().empty());
  CHECK_THAT(mesh("dimensions: [4, 3], ports: {die: 4}").problem(),
             Catch::Contains("expected at most 4 links of a die, found 5") && Catch::Contains("machine.ub.ports.die"));
  CHECK_THAT(mesh("dimensions: [4, 3], links: 60").problem(), Catch::Contains("at most 255 lanes of an endpoint, found "
                                                                              "300"));
  CHECK_THAT(mesh("dimensions: [4096, 4096]", {.nodes = 4096, .dies_per_node = 4096}).problem(),
             Catch::Contains("a fabric of at most 1048574 ports"));
}
