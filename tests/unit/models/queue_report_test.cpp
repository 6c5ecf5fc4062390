// Report of a run on its ports: a few packets on lanes that their receivers choose, so that every one is known.
#include "models/network/queue_metrics.h"
#include "models/network/queue_report.h"
#include "tests/support/small_machine.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace cm;
using namespace cm::models;
using sim::calendar::Calendar;
using sim::fabric::FlowSpec;
using sim::metrics::Result;
using sim::metrics::Table;

namespace {

constexpr std::uint32_t Packet = 8192;
constexpr double PacketPs = 292'571;  // at a port of 28 GB/s

MachineSpec machine()
{
  MachineSpec machine = tests::small_machine();
  machine.ub.lane_choice = sim::fabric::LaneChoice::ByDestination;
  return machine;
}

// One packet from each source to the same destination, and a microsecond for all of it.
Result report(const MachineSpec& machine, const std::vector<std::uint32_t>& sources, std::uint32_t destination)
{
  sim::streams::DataPlane plane(data_plane_spec(machine, topology::Supernode(machine.topology), 1));
  for (const std::uint32_t source : sources)
    plane.start(FlowSpec{.source = source, .messages = {{destination, Packet}}, .engine = {}, .fence_notice = {}});
  plane.run(Calendar::Never - 1);
  plane.catch_up(Picoseconds(1'000'000));
  Result result;
  report_queues(machine, plane, result);
  return result;
}

double number(const Table::Row& row, std::size_t column)
{
  return std::get<double>(row.cells.at(column));
}

// Sum of a grid's shares but for the one of this lane, and that one.
std::pair<double, double> elsewhere_and_on(const std::vector<std::vector<double>>& grid, std::size_t lane)
{
  double elsewhere = 0;
  double on = 0;
  for (std::size_t i = 0; i < grid.size(); ++i)
    for (const double share : grid[i])
      (i == lane ? on : elsewhere) += share;
  return {elsewhere, on};
}

}  // namespace

TEST_CASE("a packet between nodes is reported at its four ports, on its lane and at its chips")
{
  const Result result = report(machine(), {0}, 16);
  REQUIRE(result.lanes.size() == 7);
  for (std::size_t lane = 0; lane < 7; ++lane) {
    CHECK(result.lanes[lane].name == "sub-plane " + std::to_string(lane));
    CHECK(result.lanes[lane].value == (lane == 16 % 7 ? 100 : 0));
  }
  REQUIRE(result.tables.size() == 1);
  const Table& links = result.tables.front();
  CHECK(links.name == BusiestLinks);
  CHECK_THAT(links.sentence, Catch::EndsWith("no packet waited anywhere"));
  REQUIRE(links.rows.size() == 4);
  CHECK(links.rows[0].label == "lane endpoint 0 sub-plane 2");
  CHECK_THAT(links.rows[1].label, Catch::StartsWith("up node 0 sub-plane 2 l2 "));
  CHECK_THAT(links.rows[2].label, Catch::StartsWith("down node 1 sub-plane 2 l2 "));
  CHECK(links.rows[3].label == "delivery endpoint 16 sub-plane 2");
  for (const Table::Row& row : links.rows) {
    CHECK(number(row, 0) == Approx(100 * PacketPs / 1e6));
    CHECK(number(row, 1) == Packet);
    CHECK(number(row, 2) == 0);
  }
  // A chip of a node has 16 links up, one of the second tier two down; shares are rounded to hundredths.
  REQUIRE(result.chips.size() == 2);
  CHECK(result.chips[0].chip == "L1");
  CHECK(elsewhere_and_on(result.chips[0].busy_percent, 2) == std::pair(0.0, 1.83));
  CHECK(result.chips[0].busy_percent[2][0] == 1.83);
  CHECK(result.chips[1].chip == "L2");
  CHECK(elsewhere_and_on(result.chips[1].busy_percent, 2) == std::pair(0.0, 14.63));
  CHECK(result.find(PeakQueueBytes.name)->value == 0);
  CHECK(result.warnings.empty());
}

TEST_CASE("a queue above the assumed buffer is a warning where queues are without limit")
{
  MachineSpec small = machine();
  small.ub.buffer = Bytes(8191);
  const Result at_limit = report(small, {0, 1}, 2);
  CHECK(at_limit.find(PeakQueueBytes.name)->value == 8191);  // the second packet finds the first: whole picoseconds
  CHECK(at_limit.warnings.empty());
  CHECK_THAT(at_limit.tables.front().sentence,
             Catch::EndsWith("the longest of all stood in front of delivery endpoint 2 sub-plane 2: 8191 B"));
  small.ub.buffer = Bytes(8190);
  const Result above = report(small, {0, 1}, 2);
  REQUIRE(above.warnings.size() == 1);
  CHECK(above.warnings.front() ==
        "a queue of 8191 bytes passed the assumed buffer of 8190 bytes per port; machine.ub.flow_control=credits makes "
        "buffers finite, with a workload.chunk that fits one");
}

TEST_CASE("the longest queue has a row even where its port is not among the ten busiest")
{
  // Five dies send three packets on every lane, one after the other, each to a receiver of its own in the node. Two
  // more send one on every lane to die 13: these meet there, at ports that are less busy than those of the others.
  MachineSpec one = machine();
  one.ub.lane_choice = sim::fabric::LaneChoice::Spray;
  sim::streams::DataPlane plane(data_plane_spec(one, topology::Supernode(one.topology), 1));
  for (std::uint32_t source = 0; source < 5; ++source)
    plane.start(FlowSpec{.source = source,
                         .messages = {{5 + source, 21 * Packet}},
                         .engine = {},
                         .issue_rate = BytesPerSecond(28e9),
                         .fence_notice = {}});
  for (const std::uint32_t source : {11U, 12U})
    plane.start(FlowSpec{.source = source, .messages = {{13, 7 * Packet}}, .engine = {}, .fence_notice = {}});
  plane.run(Calendar::Never - 1);
  plane.catch_up(Picoseconds(10'000'000));
  Result result;
  report_links(one, plane, result);
  REQUIRE(result.tables.size() == 1);
  const Table& links = result.tables.front();
  REQUIRE(links.rows.size() == 11);
  for (std::size_t row = 0; row < 10; ++row)
    CHECK(number(links.rows[row], 1) == 3 * Packet);
  CHECK(links.rows[10].label == "delivery endpoint 13 sub-plane 0");
  CHECK(number(links.rows[10], 1) == 2 * Packet);
  CHECK(number(links.rows[10], 2) == 8191);
  CHECK(result.lanes.empty());
}

TEST_CASE("without packets there is nothing to report but the queue that never was")
{
  const Result result = report(machine(), {}, 2);
  CHECK(result.lanes.empty());
  CHECK(result.chips.empty());
  CHECK(result.tables.empty());
  CHECK(result.find(PeakQueueBytes.name)->value == 0);
}
