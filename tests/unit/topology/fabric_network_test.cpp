#include "sim/diagnostics/errors.h"
#include "topology/fabrics/fabric_network.h"

#include <catch2/catch.hpp>

#include <array>

using namespace cm;
using namespace cm::topology;
using sim::fabric::NetworkSpec;
using sim::fabric::NoPortIndex;

namespace {

constexpr FabricTiming Timing{{.endpoint_port = 1_ns, .delivery_port = 2_ns, .trunk_port = 3_ns}, 4_KiB};

// Two dies on a chip with a lane each, a chip above it, and a cable between the dies.
FabricPlan small_plan()
{
  FabricPlan plan{.kind = "small",
                  .site = {.nodes = 2, .dies_per_node = 1, .cpus_per_node = 1},
                  .tiers = {"chips", "upper chips"},
                  .lanes = {"lane 0", "lane 1"},
                  .levels = 2,
                  .ways = 3};
  const std::uint32_t chip = plan.add_chip({"chip:0", 0});
  const std::uint32_t upper = plan.add_chip({"upper:0", 1});
  for (const std::uint32_t die : {0U, 1U})
    plan.cables.push_back(
        {.from = die, .to = chip, .rate = 5_GBps, .stage = 0, .back_stage = 3, .from_lane = 0, .latency = 9_ns});
  plan.cables.push_back({.from = chip, .to = upper, .rate = 6_GBps, .stage = 1, .back_stage = 2});
  plan.cables.push_back(
      {.from = 0, .to = 1, .rate = 7_GBps, .stage = 4, .back_stage = 4, .from_lane = 1, .to_lane = 1});
  return plan;
}

}  // namespace

TEST_CASE("an endpoint's lane comes back where it goes out, and one without lanes has no ports")
{
  const FabricPlan plan = small_plan();
  const NetworkSpec network = fabric_network({&plan, 1}, {&Timing, 1});
  CHECK(network.group_of == std::vector<std::uint32_t>{0, 1, 0, 1});
  for (std::size_t lane = 0; lane < 4; ++lane) {
    const auto& out = network.graph.ends.at(network.lane_out_ports.at(lane));
    const auto& in = network.graph.ends.at(network.lane_in_ports.at(lane));
    CHECK(out.from == lane / 2);
    CHECK(in.to == out.from);
    CHECK(in.from == out.to);
  }
  for (std::size_t lane = 4; lane < 8; ++lane)
    CHECK((network.lane_out_ports.at(lane) == NoPortIndex && network.lane_in_ports.at(lane) == NoPortIndex));
}

TEST_CASE("a port has the latency of its place, or that of its cable where it leaves no endpoint")
{
  FabricPlan plan = small_plan();
  NetworkSpec network = fabric_network({&plan, 1}, {&Timing, 1});
  CHECK(network.ports.at(network.lane_out_ports.at(0)).latency == 1_ns);
  CHECK(network.ports.at(network.lane_in_ports.at(0)).latency == 9_ns);
  CHECK(network.ports.at(network.lane_out_ports.at(1)).latency == 3_ns);
  CHECK(network.ports.at(network.lane_in_ports.at(0)).buffer == 4_KiB);
  CHECK(network.ports.at(network.lane_out_ports.at(1)).rate == 7_GBps);
  plan.cables.front().latency.reset();
  network = fabric_network({&plan, 1}, {&Timing, 1});
  CHECK(network.ports.at(network.lane_in_ports.at(0)).latency == 2_ns);
}

TEST_CASE("packets of a second fabric have the next role, and what both need holds for the network")
{
  std::array<FabricPlan, 2> plans{small_plan(), small_plan()};
  plans[1].endpoints_forward = true;
  plans[1].every_order = true;
  plans[1].levels = 1;
  plans[1].ways = 5;
  FabricTiming second = Timing;
  second.buffer = 8_KiB;
  const NetworkSpec network = fabric_network(plans, std::array{Timing, second});
  CHECK(network.lanes == 4);
  CHECK(network.graph.vertices == 4 + 2 * 2);
  CHECK(network.graph.levels == 2);
  CHECK(network.graph.ways == 5);
  CHECK(network.graph.endpoints_forward);
  CHECK(network.graph.every_order);
  const auto lane = network.lane_out_ports.at(2);
  CHECK(network.graph.ends.at(lane).role == 1);
  CHECK(network.ports.at(lane).buffer == 8_KiB);
  CHECK(network.graph.ends.at(network.lane_out_ports.at(0)).role == 0);
}

TEST_CASE("two cables on one lane of an endpoint are a broken invariant")
{
  FabricPlan plan = small_plan();
  plan.cables.at(3).from_lane = 0;
  CHECK_THROWS_AS(fabric_network({&plan, 1}, {&Timing, 1}), SimulationError);
}
