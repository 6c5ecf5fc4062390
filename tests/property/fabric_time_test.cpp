// How long an exchange may take at least and at most, and what more hardware does to it.
#include "tests/property/random_exchange.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::sim::fabric;
using namespace cm::tests;

namespace {

constexpr std::uint64_t Seeds = 25;

double port_load_ps(const PacketFabric& fabric, const NetworkSpec& network, PortIndex port)
{
  return static_cast<double>(fabric.counters(port).bytes) * 1e12 / network.ports[port].rate.count();
}

std::int64_t all_to_all_time(const ClosSpec& spec, std::uint32_t bytes)
{
  FabricRun run(small_clos(spec));
  return run_all(run, all_to_all(spec.groups * spec.endpoints_per_group, bytes));
}

std::int64_t lone_time(const ClosSpec& spec, std::uint32_t destination, std::uint32_t bytes)
{
  FabricRun run(small_clos(spec));
  run.start(flow(0, {{destination, bytes}}));
  return run.finish();
}

// Fair sharing has anomalies: with other lanes or rates packets meet in another order, and the last one may come a
// little later although all ports have more time left.
constexpr double Anomaly = 1.01;

}  // namespace

TEST_CASE("no port sends more than its rate allows")
{
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, Seeds));
  INFO("seed " << seed);
  const RandomExchange exchange(seed);
  const NetworkSpec network = small_clos(exchange.clos);
  FabricRun run(network, exchange.policy);
  const std::int64_t end = run_all(run, exchange.flows);
  for (PortIndex port = 0; port < network.ports.size(); ++port)
    REQUIRE(port_load_ps(run.fabric(), network, port) <= static_cast<double>(end) + 1);
}

TEST_CASE("an exchange takes at least its busiest port and the latencies and at most one packet after the other")
{
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, Seeds));
  INFO("seed " << seed);
  const RandomExchange exchange(seed);
  const NetworkSpec network = small_clos(exchange.clos);
  FabricRun run(network, exchange.policy);
  const std::int64_t end = run_all(run, exchange.flows);

  double busiest = 0;
  double serial = 0;
  for (PortIndex port = 0; port < network.ports.size(); ++port) {
    busiest = std::max(busiest, port_load_ps(run.fabric(), network, port));
    serial += port_load_ps(run.fabric(), network, port);
  }
  // No path is shorter than that inside a group, there and for the acknowledgement back.
  const double shortest = busiest > 0 ? 2.0 * static_cast<double>(run.fabric().path_latency_ps(0, 1)) : 0.0;
  // A packet is rounded to a picosecond at every port; its tail may be as slow on a port as on the slowest before it.
  const auto hops = static_cast<double>(run.fabric().port_hops());
  CHECK(static_cast<double>(end) >= busiest + shortest - hops);
  const double slowest_rate = std::min(exchange.clos.lane_rate, exchange.clos.uplink_rate).count();
  const double fastest_rate = std::max(exchange.clos.lane_rate, exchange.clos.uplink_rate).count();
  const double longest = 6 * exchange.clos.switch_latency.count() * 1e12;
  CHECK(static_cast<double>(end) <= serial * fastest_rate / slowest_rate + hops * (longest + 1));
}

TEST_CASE("more sub-planes never slow a lone transfer down")
{
  const std::uint32_t bytes = GENERATE(1U, 512U, 8192U, 8193U, 100'000U, 1'000'000U);
  const std::uint32_t destination = GENERATE(1U, 5U);
  std::int64_t before = Calendar::Never;
  for (std::uint32_t lanes = 1; lanes <= 8; ++lanes) {
    const std::int64_t time = lone_time({.lanes = lanes}, destination, bytes);
    CHECK(time <= before);
    before = time;
  }
}

TEST_CASE("more bandwidth never slows a lone transfer down")
{
  const std::uint32_t bytes = GENERATE(1U, 512U, 8192U, 100'000U, 1'000'000U);
  const std::uint32_t destination = GENERATE(1U, 5U);
  std::int64_t before = Calendar::Never;
  for (double rate = 0.5e9; rate < 8e9; rate *= 1.3) {
    const std::int64_t time = lone_time(
        {.lanes = 2, .lane_rate = BytesPerSecond(rate), .uplink_rate = BytesPerSecond(rate)}, destination, bytes);
    CHECK(time <= before);
    before = time;
  }
}

TEST_CASE("splitting a message is never cheaper on an idle path")
{
  const std::uint32_t bytes = GENERATE(2U, 8192U, 20'000U, 100'000U);
  for (const std::uint32_t parts : {2U, 3U, 10U}) {
    FabricRun run(small_clos({.lanes = 3}));
    std::vector<Message> messages;
    for (std::uint32_t part = 0; part < parts; ++part)
      messages.push_back({5, (bytes * (part + 1)) / parts - (bytes * part) / parts});
    std::erase_if(messages, [](const Message& message) { return message.bytes == 0; });
    run.start(flow(0, messages));
    // Short packets spread better over the lanes than full ones: the law is that of one lane.
    FabricRun one_lane(small_clos({}));
    one_lane.start(flow(0, messages));
    CHECK(one_lane.finish() >= lone_time({}, 5, bytes));
    CHECK(run.finish() > 0);
  }
}

TEST_CASE("more sub-planes never slow an all-to-all down by more than packets in another order can")
{
  // Messages of several rounds of the lanes: shorter ones are cut at the MTU, and a packet more on one lane then
  // counts.
  ClosSpec spec{.groups = 3, .endpoints_per_group = 4, .spines = 4};
  const std::uint32_t bytes = GENERATE(500'000U, 1'000'000U);
  double before = 1e18;
  for (spec.lanes = 1; spec.lanes <= 7; ++spec.lanes) {
    const auto time = static_cast<double>(all_to_all_time(spec, bytes));
    CHECK(time <= before * Anomaly);
    before = time;
  }
}

TEST_CASE("more bandwidth never slows an all-to-all down by more than packets in another order can")
{
  ClosSpec spec{.groups = 3, .endpoints_per_group = 4, .lanes = 3, .spines = 4};
  double before = 1e18;
  for (double rate = 1e9; rate < 6e9; rate *= 1.25) {
    spec.lane_rate = spec.uplink_rate = BytesPerSecond(rate);
    const auto time = static_cast<double>(all_to_all_time(spec, 100'000));
    CHECK(time <= before * Anomaly);
    before = time;
  }
}
