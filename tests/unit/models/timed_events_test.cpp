#include "models/network/queue_metrics.h"
#include "models/network/queue_report.h"
#include "models/network/service_classes.h"
#include "models/network/timed_events.h"
#include "sim/config/value.h"
#include "tests/support/small_machine.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace cm;
using namespace cm::models;
using sim::config::ReadingLog;
using sim::fabric::PortChange;

namespace {

struct ReadEvents {
  EventsSpec spec;
  ReadingLog log;
};

ReadEvents read(const std::string& events, const std::string& recovery = "{}")
{
  ReadEvents result;
  const sim::config::Value list = sim::config::parse_text("events", events);
  const sim::config::Value section = sim::config::parse_text("recovery", recovery);
  result.spec = read_events(list, &section, tests::small_machine().topology, result.log);
  return result;
}

}  // namespace

TEST_CASE("events change the ports of parts by the names of reports")
{
  const auto [spec, log] = read(R"([
    {at: 2 s, part: "sub_plane:3", change: down, detected: 50 ms, until: 8 s},
    {at: 0 s, part: "die:17", change: slower, rate: 25 %},
    {at: 1 us, part: "l2:3.7", change: later, latency: 2 us},
    {at: 1 us, part: "port:lane endpoint 17 sub-plane 3", change: bit-errors, bit_error_rate: 1e-9}])");
  CHECK(log.problems == std::vector<std::string>{});
  REQUIRE(spec.events.size() == 4);
  const auto& down = spec.events[0].change;
  CHECK(down.change == PortChange::Down);
  CHECK(down.at == Picoseconds(2'000'000'000'000));
  CHECK(down.detected == Picoseconds(50'000'000'000));
  CHECK(down.until == Picoseconds(8'000'000'000'000));
  // Of 32 dies and 8 CPUs, and 16 L2 chips with a link to each of 2 nodes, both directions.
  CHECK(down.ports.size() == 2 * (32 + 8) + 2 * 2 * 16);
  CHECK(spec.events[1].change.value == 0.25);
  CHECK(spec.events[1].change.ports.size() == 2 * 7);
  CHECK(spec.events[2].change.value == 2e-6);
  CHECK(spec.events[3].change.ports.size() == 1);
  CHECK(to_text(spec.events[0]) == "sub_plane:3 down from 2 s to 8 s");
  CHECK(notes_on(spec).size() == 5);

  sim::fabric::FabricPolicy policy;
  EventsSpec{}.install(policy);
  CHECK(policy == sim::fabric::FabricPolicy{});
  spec.install(policy);
  CHECK(policy.changes.size() == 4);
  CHECK(policy.retry.resends == 7);
}

TEST_CASE("what is wrong with events is told all at once, at its place")
{
  const auto [spec, log] = read(R"([{at: 3, part: "sub_plan:3", change: dwn},
    {at: 2 us, part: "die:0", change: slower, until: 1 us}, {at: 1 us, part: "die:1", change: down, rate: 1 %}])",
                                "{resends: -1, timeot: 1 us}");
  const auto has = [&](const std::string& text) {
    return std::ranges::any_of(log.problems, [&](const std::string& each) { return each.find(text) != each.npos; });
  };
  CHECK(has("events[0].at: expected a time"));
  CHECK(has("expected a part of the machine, found \"sub_plan:3\"; did you mean \"sub_plane:3\"?"));
  CHECK(has("did you mean \"down\"?"));
  CHECK(has("events[1].until: expected a time after `at` (2 us), found 1 us"));
  CHECK(has("events[1].rate: expected a share"));
  CHECK(has("events[2].rate"));
  CHECK(has("recovery.resends"));
  CHECK(has("did you mean \"timeout\"?"));
  CHECK(read("{at: 1 us}").log.problems.front().find("expected a list of events, found a map") != std::string::npos);
}

TEST_CASE("a run tells what events did to its traffic")
{
  MachineSpec machine = tests::small_machine();
  machine.events =
      read(R"([{at: 0 s, part: "sub_plane:0", change: down}, {at: 9 s, part: "die:1", change: down}])").spec;
  sim::streams::DataPlane plane(data_plane_spec(machine, topology::Supernode(machine.topology), 1));
  plane.start({.source = 0, .messages = {{20, 1 << 20}}, .engine = {}, .fence_notice = {}});
  plane.run(sim::calendar::Calendar::Never - 1);
  sim::metrics::Result result;
  report_events(machine, plane, result);
  CHECK(result.metrics.size() == 4);
  CHECK(plane.fabric().payload_bytes_delivered() == 1 << 20);
  REQUIRE(result.warnings.size() == 1);
  CHECK(result.warnings[0] == "the event \"die:1 down from 9 s\" comes after the end of the run: it changed nothing");
  // The lanes of sub-plane 0 are out of use from the start.
  CHECK(plane.fabric().carried_bytes(0, plane.now()) == 0);
}

TEST_CASE("classes of service are read by the traffic that they carry")
{
  ReadingLog log;
  const sim::config::Value plane = sim::config::parse_text(
      "plane", "traffic_classes: {scheduler: weighted, experts: 0, cache: 2, copies: 1, weights: [8, 1, 4]}");
  sim::config::Reader reader(plane, "machine.ub", log);
  const TrafficClassesSpec spec = read_traffic_classes(reader);
  CHECK(log.problems == std::vector<std::string>{});
  CHECK(spec.of(Traffic::Experts) == 0);
  CHECK(spec.of(Traffic::Cache) == 2);
  CHECK(spec.of(Traffic::Collectives) == 0);
  CHECK(spec.policy.scheduler == sim::fabric::ClassScheduler::Weighted);
  CHECK(spec.policy.weights == std::vector<std::uint32_t>{8, 1, 4});

  const sim::config::Value wrong = sim::config::parse_text("plane", "traffic_classes: {cache: 15, weights: [1, 2]}");
  sim::config::Reader wrong_reader(wrong, "machine.ub", log);
  read_traffic_classes(wrong_reader);
  CHECK(log.problems.size() == 2);
}
