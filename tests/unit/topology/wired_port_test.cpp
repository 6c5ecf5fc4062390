#include "topology/fabrics/wired_port.h"

#include <catch2/catch.hpp>

#include <string>

using namespace cm;
using namespace cm::topology;

namespace {

// Two dies on a chip, which has a fellow; the second die has a cable to the first beside it.
FabricPlan odd_plan()
{
  FabricPlan plan{.kind = "odd",
                  .site = {.nodes = 1, .dies_per_node = 2, .cpus_per_node = 0},
                  .tiers = {"chips"},
                  .lanes = {"lane 0", "lane 1"},
                  .groups = {"rail:0"}};
  const std::uint32_t chip = plan.add_chip({"chip:0"});
  const std::uint32_t fellow = plan.add_chip({"chip:1"});
  const auto cable = [](std::uint32_t from, std::uint32_t to, std::uint8_t stage, std::uint8_t back) {
    return FabricCable{.from = from, .to = to, .rate = 1_GBps, .stage = stage, .back_stage = back};
  };
  plan.cables = {cable(0, 1, 0, 0), cable(0, chip, 0, 1), cable(chip, fellow, 2, 2), cable(1, chip, 0, 1)};
  plan.cables[0].from_lane = plan.cables[0].to_lane = 1;
  plan.cables[1].from_lane = plan.cables[3].from_lane = 0;
  plan.cables[1].group = plan.cables[3].group = 0;
  plan.cables[2].number = 1;
  return plan;
}

std::vector<std::string> texts(const std::vector<FabricPlan>& plans)
{
  std::vector<std::string> all;
  for (const WiredPort& port : wire_ports(plans))
    all.push_back(to_text(port, plans));
  return all;
}

}  // namespace

TEST_CASE("ports are numbered by group, then by stage, and what is in no group comes last")
{
  CHECK(texts({odd_plan()}) == std::vector<std::string>{"lane endpoint 0 lane 0", "lane endpoint 1 lane 0",
                                                        "delivery endpoint 0 lane 0", "delivery endpoint 1 lane 0",
                                                        "link endpoint 0 endpoint 1", "link endpoint 1 endpoint 0",
                                                        "peer chip:0 chip:1 link 1", "peer chip:1 chip:0 link 1"});
}

TEST_CASE("both directions of a cable know each other")
{
  const std::vector<FabricPlan> plans{odd_plan(), odd_plan()};
  const auto ports = wire_ports(plans);
  for (std::uint32_t port = 0; port < ports.size(); ++port) {
    const WiredPort& back = ports.at(ports[port].reverse);
    CHECK(back.reverse == port);
    CHECK(back.from == ports[port].to);
    CHECK(back.to == ports[port].from);
    CHECK(back.lane_in == ports[port].lane_out);
  }
}

TEST_CASE("a second fabric has the same endpoints, and its chips and lanes follow those of the first")
{
  const std::vector<FabricPlan> plans{odd_plan(), odd_plan()};
  const auto ports = wire_ports(plans);
  const WiredPort& lane = ports.at(8);
  CHECK(lane.fabric == 1);
  CHECK(lane.from == 0);
  CHECK(lane.to == 2 + 2);
  CHECK(lane.lane_out == 2);
  CHECK(lane.lane_in == NoLane);
  CHECK(texts(plans).at(8) == "scale-out lane endpoint 0 lane 0");
}
