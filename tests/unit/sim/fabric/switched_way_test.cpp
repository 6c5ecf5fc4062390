// The general way: against the short one where both can go, and by hand where only it can.
#include "sim/random/random_stream.h"
#include "tests/support/any_policy.h"
#include "tests/support/fabric_run.h"
#include "tests/support/small_clos.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

using namespace cm;
using namespace cm::sim::fabric;
using namespace cm::tests;
using cm::sim::RandomStream;

namespace {

constexpr std::uint32_t Packet = 8192;

// One flow an endpoint, of messages from a byte to several packets.
std::vector<FlowSpec> some_exchange(std::uint32_t endpoints, std::uint64_t seed)
{
  RandomStream random(seed, "switched exchange");
  std::vector<FlowSpec> flows;
  for (std::uint32_t source = 0; source < endpoints; ++source) {
    std::vector<Message> messages;
    for (int i = 0; i < 40; ++i)
      messages.push_back({random.below(endpoints), 1 + random.below(4 * Packet)});
    flows.push_back(flow(source, std::move(messages)));
  }
  return flows;
}

std::uint64_t bytes_of(const std::vector<FlowSpec>& flows)
{
  std::uint64_t bytes = 0;
  for (const FlowSpec& each : flows)
    for (const Message& message : each.messages)
      bytes += message.bytes;
  return bytes;
}

TimedChange down(std::vector<PortIndex> ports, std::int64_t at, std::int64_t detected = 0)
{
  return {.at = Picoseconds(at), .ports = std::move(ports), .detected = Picoseconds(detected)};
}

// A message of one packet from endpoint 0 to endpoint 4, in the other group; every port takes 1,000 ps a byte, links
// after the first 200 ns.
constexpr std::int64_t LonePacket = std::int64_t{Packet} * 1000 + 3 * 200'000;

}  // namespace

TEST_CASE("the general way takes as long as the short one")
{
  const std::uint64_t seed = GENERATE(range(1U, 9U));
  INFO("seed " << seed);
  RandomStream random(seed, "general way");
  const ClosSpec spec{.groups = 1 + random.below(3),
                      .lanes = 1 + random.below(4),
                      .spines = 1 + random.below(4),
                      .uplink_rate = BytesPerSecond(0.5e9 + 2e9 * random.uniform())};
  FabricPolicy policy;
  policy.forwarding = static_cast<Forwarding>(random.below(2));
  policy.lane_choice = any_lane_choice(random);
  policy.spine_choice = any_spine_choice(random);
  policy.waiting = static_cast<Waiting>(random.below(3));
  policy.frame_overhead = Bytes(random.below(2) * 24);
  const auto flows = some_exchange(spec.groups * spec.endpoints_per_group, seed);
  FabricRun is_short(small_clos(spec), policy);
  policy.always_switched = true;
  FabricRun general(small_clos(spec), policy);
  CHECK(run_all(general, flows) == run_all(is_short, flows));
  CHECK(std::ranges::is_permutation(general.notices(), is_short.notices()));
  CHECK(general.fabric().port_hops() == is_short.fabric().port_hops());
  for (PortIndex port = 0; port < general.fabric().ports(); ++port)
    CHECK(general.fabric().counters(port).bytes == is_short.fabric().counters(port).bytes);
}

TEST_CASE("room comes back after the latency of the link")
{
  // Room for one packet behind each port. It leaves the leaf as fast as it comes, so its room is known to be free one
  // packet, the latency of the lane (none) and the way back after it began to leave the endpoint.
  const ClosSpec spec{.groups = 1, .lane_latency = Seconds(50e-9), .buffer = Bytes(Packet)};
  FabricRun run(small_clos(spec), {.flow_control = FlowControl::Credits});
  const std::vector<FlowSpec> flows{flow(0, {{1, 10 * Packet}})};
  // The packet leaves the leaf 50 ns after it has begun to leave the endpoint.
  const std::int64_t round = std::int64_t{Packet} * 1000 + 2 * 50'000;
  const std::int64_t way = 50'000 + 200'000;
  CHECK(run_all(run, flows) == 9 * round + std::int64_t{Packet} * 1000 + way + way);
}

TEST_CASE("a packet takes another way when its port is known to be down")
{
  const NetworkSpec network = small_clos({});
  // Both ways up of the first leaf: the one that would be taken is down.
  for (const PortIndex dead : network.up_ports) {
    FabricRun run(network, {.changes = {down({dead}, 0)}});
    CHECK(run_all(run, {flow(0, {{4, Packet}})}) == LonePacket + 3 * 200'000);
    CHECK(run.fabric().counters(dead).bytes == 0);
    CHECK(run.fabric().lost_bytes() == 0);
  }
}

TEST_CASE("packets wait at a dead port until it is found out, and then turn back")
{
  NetworkSpec network = small_clos({});
  // Down from the spines to the second leaf, both but for the last: whoever is at the wrong spine goes down and up
  // again.
  const std::vector<PortIndex> dead{network.down_ports[2]};
  const std::int64_t found = 50'000'000;
  FabricRun run(network, {.changes = {down(dead, 0, found)}});
  // Two packets: one each spine.
  const std::int64_t end = run_all(run, {flow(0, {{4, Packet}}), flow(1, {{4, Packet}})});
  CHECK(run.fabric().payload_bytes_delivered() == 2 * Packet);
  CHECK(end > found);
  CHECK(run.fabric().switched_counters().detours == 1);
  // Down to the other leaf, up, down again: four more links than without the fault, the first of which leads nowhere.
  CHECK(run.fabric().switched_counters().port_hops == 4 + 6);
}

TEST_CASE("what is on the wire of a port that dies is lost, sent again as often as it may be, and told")
{
  const NetworkSpec network = small_clos({.groups = 1});
  const PortIndex lane = network.lane_out_ports[0];
  FabricPolicy policy{.changes = {down({network.lane_in_ports[1]}, 8'300'000)}};
  policy.changes[0].until = Picoseconds(8'400'000);
  // The head of the second packet is between leaf and endpoint from 8.192 us on, for 200 ns.
  SECTION("once")
  {
    FabricRun run(network, policy);
    run_all(run, {flow(0, {{1, 3 * Packet}})});
    CHECK(run.fabric().lost_bytes() == Packet);
    CHECK(run.fabric().payload_bytes_delivered() == 2 * Packet);
    CHECK(run.fabric().flows_in_flight() == 0);
  }
  SECTION("sent again")
  {
    policy.retry = {.resends = 1, .timeout = Picoseconds(100'000'000)};
    FabricRun run(network, policy);
    const std::int64_t end = run_all(run, {flow(0, {{1, 3 * Packet}})});
    CHECK(run.fabric().lost_bytes() == 0);
    CHECK(run.fabric().payload_bytes_delivered() == 3 * Packet);
    CHECK(run.fabric().counters(lane).bytes == 4 * Packet);
    // It was given to its lane at 0, as all three.
    CHECK(end == 100'000'000 + std::int64_t{Packet} * 1000 + 2 * 200'000);
  }
}

TEST_CASE("every byte of a dispatch arrives or counts as lost when ports die in its middle")
{
  const std::uint64_t seed = GENERATE(range(1U, 7U));
  INFO("seed " << seed);
  RandomStream random(seed, "dying ports");
  const ClosSpec spec{.groups = 3, .lanes = 2, .spines = 2, .buffer = Bytes(4 * Packet)};
  const NetworkSpec network = small_clos(spec);
  FabricPolicy policy;
  policy.flow_control = random.below(2) == 0 ? FlowControl::None : FlowControl::Credits;
  policy.retry.resends = random.below(2);
  policy.retry.timeout = Picoseconds(1'000'000);
  for (int i = 0; i < 3; ++i)
    policy.changes.push_back(down({random.below(static_cast<std::uint32_t>(network.ports.size()))},
                                  1'000'000 * random.below(300), 1'000'000 * random.below(50)));
  const auto flows = some_exchange(12, seed);
  FabricRun run(network, policy);
  run_all(run, flows);
  CHECK(run.fabric().payload_bytes_emitted() == bytes_of(flows));
  CHECK(run.fabric().payload_bytes_delivered() + run.fabric().lost_bytes() == bytes_of(flows));
  CHECK(run.fabric().flows_in_flight() == 0);
  CHECK(run.notices().size() == flows.size());
  CHECK(run.fabric().switched_counters().lost_packets + run.fabric().switched_counters().detours > 0);
}

TEST_CASE("a port of another rate or latency changes by so much, and back")
{
  const NetworkSpec network = small_clos({.groups = 1});
  const std::int64_t healthy = std::int64_t{Packet} * 1000 + 2 * 200'000;
  TimedChange change{.ports = {network.lane_out_ports[0]}, .change = PortChange::Rate, .value = 0.5};
  FabricRun slow(network, {.changes = {change}});
  CHECK(run_all(slow, {flow(0, {{1, Packet}})}) == healthy + std::int64_t{Packet} * 1000);
  CHECK(slow.fabric().counters(network.lane_out_ports[0]).busy_ps == std::int64_t{Packet} * 2000);
  change.until = Picoseconds(1);
  FabricRun again(network, {.changes = {change}});
  again.start(flow(0, {{1, Packet}}), 1);
  CHECK(again.finish() == healthy + 1);
  CHECK(again.fabric().counters(network.lane_out_ports[0]).busy_ps == std::int64_t{Packet} * 1000);
  FabricRun late(network,
                 {.changes = {{.ports = {network.lane_in_ports[1]}, .change = PortChange::Latency, .value = 1e-6}}});
  CHECK(run_all(late, {flow(0, {{1, Packet}})}) == healthy + 1'000'000);
}

TEST_CASE("a link with bit errors sends packets again, in order")
{
  const NetworkSpec network = small_clos({.groups = 1});
  const PortIndex bad = network.lane_in_ports[1];
  FabricPolicy policy{.changes = {{.ports = {bad}, .change = PortChange::BitErrors, .value = 5e-6}}};
  FabricRun run(network, policy);
  const std::int64_t end = run_all(run, {flow(0, {{1, 100 * Packet}})});
  const auto replays = static_cast<std::int64_t>(run.fabric().replays(bad));
  CHECK(replays > 20);
  CHECK(run.fabric().switched_counters().replays == run.fabric().replays(bad));
  CHECK(run.fabric().counters(bad).bytes == static_cast<std::uint64_t>(100 + replays) * Packet);
  // Each costs the packet's time and the way there and back.
  CHECK(end == (100 + replays) * Packet * 1000 + replays * 2 * 200'000 + 2 * 200'000);
  // Without replays they are lost, and with enough tries nothing is.
  policy.retry = {.replays_on_link = false};
  FabricRun lossy(network, policy);
  run_all(lossy, {flow(0, {{1, 100 * Packet}})});
  CHECK(lossy.fabric().lost_bytes() > 0);
  CHECK(lossy.fabric().lost_bytes() + lossy.fabric().payload_bytes_delivered() == 100 * Packet);
  policy.retry.resends = 20;
  FabricRun patient(network, policy);
  run_all(patient, {flow(0, {{1, 100 * Packet}})});
  CHECK(patient.fabric().payload_bytes_delivered() == 100 * Packet);
}

TEST_CASE("a high class waits for at most one packet of a low one at each port")
{
  const NetworkSpec network = small_clos({});
  FabricPolicy policy;
  policy.classes.weights = {1, 1};
  policy.always_switched = true;
  const auto time_of_high = [&](bool alone) {
    FabricRun run(network, policy);
    for (std::uint32_t source = 0; source < 4 && !alone; ++source) {
      FlowSpec low = flow(source, {{4, 200 * Packet}}, 10 + source);
      low.traffic_class = 1;
      run.start(low);
    }
    run.start(flow(0, {{4, Packet}}, 1), 100'000'000);
    run.finish();
    return run.time_of(1);
  };
  const std::int64_t alone = time_of_high(true);
  CHECK(alone == 100'000'000 + LonePacket + 3 * 200'000);
  CHECK(time_of_high(false) > alone);
  CHECK(time_of_high(false) <= alone + std::int64_t{4} * Packet * 1000);
  // In one class it waits for all that came before.
  policy.classes.weights = {1};
  FabricRun same(network, policy);
  for (std::uint32_t source = 0; source < 4; ++source)
    same.start(flow(source, {{4, 200 * Packet}}, 10 + source));
  same.start(flow(0, {{4, Packet}}, 1), 100'000'000);
  same.finish();
  CHECK(same.time_of(1) > alone + std::int64_t{100} * Packet * 1000);
}

TEST_CASE("classes share a busy port by their weights")
{
  const NetworkSpec network = small_clos({.groups = 1});
  FabricPolicy policy;
  policy.classes = {ClassScheduler::Weighted, {3, 1}};
  FabricRun run(network, policy);
  for (const std::uint32_t source : {1U, 2U}) {
    FlowSpec each = flow(source, {{0, 300 * Packet}}, source);
    each.traffic_class = static_cast<std::uint8_t>(source - 1);
    run.start(each);
  }
  run.finish();
  // The heavy one has three of four turns: its 300 packets are done after 400, the other's after 600.
  const double packet = Packet * 1000.0;
  CHECK(static_cast<double>(run.time_of(1)) == Approx(400 * packet).epsilon(0.01));
  CHECK(static_cast<double>(run.time_of(2)) == Approx(600 * packet).epsilon(0.01));
}

TEST_CASE("a flow of a class that there is not is refused")
{
  FabricPolicy policy;
  FlowSpec spec = flow(0, {{1, Packet}});
  spec.traffic_class = 1;
  FabricRun one_class(small_clos({}), policy);
  CHECK_THROWS_WITH(one_class.start(spec), Catch::EndsWith("a flow of class 1 of 1"));
  policy.classes.weights = {1, 1};
  FabricRun two_classes(small_clos({}), policy);
  CHECK_NOTHROW(two_classes.start(spec));
}

TEST_CASE("classes and levels that need too many virtual lanes are refused")
{
  FabricPolicy policy;
  policy.classes.weights.assign(15, 1);
  CHECK_NOTHROW(FabricRun(small_clos({}), policy));
  policy.classes.weights.push_back(1);
  CHECK_THROWS_WITH(FabricRun(small_clos({}), policy), Catch::EndsWith("a port has 16 virtual lanes"));
}
