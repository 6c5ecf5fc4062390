#include "models/network/carrier.h"
#include "models/network/free_parts.h"
#include "models/network/machine.h"
#include "sim/config/input_file.h"
#include "sim/config/value.h"
#include "tests/support/small_machine.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::models;

namespace {

struct Reading {
  FreeParts parts;
  std::vector<std::string> problems;
};

Reading read(const std::string& text, const std::vector<std::string_view>& known = {"network", "host", "queueing"})
{
  const sim::config::Value tree = sim::config::parse_text("w.yaml", text);
  sim::config::ReadingLog log;
  sim::config::Reader reader(tree, "workload", log);
  Reading reading;
  reading.parts = read_free_parts(reader, {.whose = "a run of ep", .words = known}, log);
  reader.finish();
  reading.problems = log.problems;
  return reading;
}

}  // namespace

TEST_CASE("parts are free by a word or by a list of words")
{
  CHECK(read("{}").parts == FreeParts{});
  CHECK(read("free: host").parts == FreeParts{.host = true});
  const Reading both = read("free: [network, queueing]");
  CHECK(both.problems.empty());
  CHECK(both.parts == FreeParts{.network = true, .queueing = true});
  CHECK(notes_on(both.parts).size() == 2);
  CHECK_THAT(notes_on(both.parts).front(), Catch::StartsWith("workload.free: network: packets have no latency"));
}

TEST_CASE("every wrong word is told with its place and the nearest one")
{
  const auto problems = read("free: [networc, experts, host, host, [queueing]]").problems;
  REQUIRE(problems.size() == 4);
  CHECK(problems[0] == "w.yaml:1:8: workload.free: expected one of network, host, queueing, found \"networc\"; did you "
                       "mean \"network\"?");
  CHECK(problems[1] ==
        "w.yaml:1:17: workload.free: expected one of network, host, queueing, found \"experts\", which a "
        "run of ep has none of");
  CHECK_THAT(problems[2], Catch::EndsWith("expected each word once, found \"host\" twice"));
  CHECK_THAT(problems[3], Catch::EndsWith("found a list"));
  CHECK_THAT(read("free: host", {}).problems.front(), Catch::Contains("expected no such key, found \"host\", which"));
}

TEST_CASE("a free network has no latency and ports that nothing waits at")
{
  MachineSpec machine = tests::small_machine();
  const topology::Supernode supernode(machine.topology);
  set_free({.network = true}, machine);
  const auto plane = data_plane_spec(machine, supernode, 1);
  CHECK(plane.policy.waiting == sim::fabric::Waiting::Nowhere);
  for (const sim::fabric::PortSpec& port : plane.network.ports) {
    CHECK(port.latency.count() == 0);
    CHECK((1_MiB / port.rate).count() < 1e-12);
  }
}

TEST_CASE("without queueing ports keep rates and latencies")
{
  MachineSpec machine = tests::small_machine();
  const topology::Supernode supernode(machine.topology);
  const auto ports = data_plane_spec(machine, supernode, 1).network.ports;
  set_free({.queueing = true}, machine);
  const auto plane = data_plane_spec(machine, supernode, 1);
  CHECK(plane.policy.waiting == sim::fabric::Waiting::AtLanes);
  CHECK(plane.network.ports == ports);
}

TEST_CASE("a free host takes no turns, launches at once and waits for nothing")
{
  MachineSpec machine = tests::small_machine();
  const MachineSpec before = machine;
  set_free({.host = true}, machine);
  CHECK(machine.die.host == HostSpec{});
  CHECK(machine.die.unfused == UnfusedSpec{});
  CHECK(machine.die.exchange.launch.count() == 0);
  CHECK(machine.die.compute.cube_operator.count() == 0);
  CHECK(machine.die.protocols.front().launch.count() == 0);
  CHECK(machine.die.protocols.front().step == before.die.protocols.front().step);
  CHECK(machine.ub == before.ub);
}

TEST_CASE("lanes carry nothing that could limit where the network is free, and an engine without a rate paces nothing")
{
  MachineSpec machine = tests::small_machine();
  const auto lanes = lanes_of_die(machine, 1);
  REQUIRE(lanes);
  CHECK(lanes->rate == all_lanes(machine));
  CHECK(lanes->clause() == "a die's lanes carry");
  CHECK(narrower(lanes, {"an engine", "delivers", lanes->rate * 0.5})->clause() == "an engine delivers");
  CHECK(narrower(lanes, {"an engine", "delivers", lanes->rate * 2.0})->name == "a die's lanes");
  CHECK(narrower(lanes, {"an engine", "delivers", BytesPerSecond(0)})->name == "a die's lanes");
  set_free({.network = true}, machine);
  CHECK_FALSE(lanes_of_die(machine, 1));
  CHECK(narrower(lanes_of_die(machine, 1), {"an engine", "delivers", lanes->rate * 2.0})->name == "an engine");
  CHECK_FALSE(narrower(std::nullopt, {"an engine", "delivers", BytesPerSecond(0)}));
}
