#include "sim/diagnostics/errors.h"
#include "tests/support/fabric_run.h"
#include "tests/support/small_clos.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::sim::fabric;
using namespace cm::tests;

// On the small Clos a byte takes 1,000 ps at a port and a switch output 200,000 ps; 4 endpoints a group.

namespace {

constexpr std::int64_t Hop = 200'000;
constexpr std::int64_t Byte = 1'000;

FabricPolicy store_and_forward()
{
  return {.forwarding = Forwarding::StoreAndForward};
}

std::int64_t fence_of_one(const std::vector<Message>& messages, const FabricPolicy& policy)
{
  FabricRun run(small_clos({}), policy);
  run.start(flow(0, messages));
  run.finish();
  return run.time_of(0);
}

// When the last byte arrives: the fence less the acknowledgement's way back.
std::int64_t arrival_of_one(std::uint32_t destination, std::uint32_t bytes, const FabricPolicy& policy = {})
{
  return fence_of_one({{destination, bytes}}, policy) - (destination < 4 ? Hop : 3 * Hop);
}

}  // namespace

TEST_CASE("a lone packet pays its serialisation once and the latency of every port")
{
  CHECK(arrival_of_one(1, 512) == 512 * Byte + Hop);
  CHECK(arrival_of_one(5, 512) == 512 * Byte + 3 * Hop);
}

TEST_CASE("the times of a lone packet on the published machine are exact")
{
  const auto arrival = [](std::uint32_t destination) {
    FabricRun run(small_clos(cloudmatrix_clos(2)));
    run.start(flow(0, {{destination, 8192}}));
    return run.finish() - run.fabric().path_latency_ps(0, destination);
  };
  // 8,192 B at 28 GB/s are 292,571.4 ps.
  CHECK(arrival(1) == 187'500 + 292'571);
  CHECK(arrival(16) == 3 * 187'500 + 292'571);
}

TEST_CASE("store-and-forward pays the serialisation at every port")
{
  CHECK(arrival_of_one(1, 512, store_and_forward()) == 2 * 512 * Byte + Hop);
  CHECK(arrival_of_one(5, 512, store_and_forward()) == 4 * 512 * Byte + 3 * Hop);
}

// The faster port starts when the rest can follow without a gap: half the packet later, at twice the rate.
TEST_CASE("a packet off a slower port leaves a faster one in one piece")
{
  ClosSpec spec;
  spec.uplink_rate = 2_GBps;
  FabricRun run(small_clos(spec));
  run.start(flow(0, {{5, 512}}));
  CHECK(run.finish() == (256 + 512) * Byte + 6 * Hop);
}

TEST_CASE("slow lanes together fill a fast uplink")
{
  ClosSpec spec{.spines = 1};
  spec.uplink_rate = 4_GBps;
  const auto end = [&](FlowControl flow_control) {
    FabricRun run(small_clos(spec), {.flow_control = flow_control});
    for (std::uint32_t source = 0; source < 4; ++source)
      run.start(flow(source, {{source + 4, 50 * 8192}}, source));
    return run.finish();
  };
  // Each of the four runs at the rate of its own lanes.
  CHECK(end(FlowControl::None) <= 55 * 8192 * Byte + 6 * Hop);
  CHECK(end(FlowControl::Credits) <= 55 * 8192 * Byte + 6 * Hop);
}

TEST_CASE("a slower port on the way sets the pace")
{
  ClosSpec spec;
  spec.uplink_rate = BytesPerSecond(0.5e9);
  FabricRun run(small_clos(spec));
  run.start(flow(0, {{5, 512}}));
  CHECK(run.finish() == 2 * 512 * Byte + 6 * Hop);
}

TEST_CASE("packets of one flow follow each other without a gap")
{
  CHECK(arrival_of_one(1, 10 * 8192) == 10 * 8192 * Byte + Hop);
  CHECK(arrival_of_one(5, 10 * 8192) == 10 * 8192 * Byte + 3 * Hop);
}

TEST_CASE("a message is cut into packets of one MTU and a rest")
{
  FabricRun run(small_clos({.lanes = 3}), {.mtu = 1000_B});
  run.start(flow(0, {{1, 2500}}));
  run.finish();
  CHECK(run.fabric().port_hops() == 2 * 3);
  CHECK(run.fabric().payload_bytes_delivered() == 2500);
  // Store-and-forward shows the packets: the second port starts when the first of them is through.
  CHECK(arrival_of_one(1, 1000, {.forwarding = Forwarding::StoreAndForward, .mtu = 1000_B}) == 2000 * Byte + Hop);
}

TEST_CASE("a message longer than a round of the lanes is cut into whole rounds of equal packets")
{
  FabricRun run(small_clos({.lanes = 3}), {.mtu = 1000_B});
  run.start(flow(0, {{1, 3600}}));
  run.finish();
  CHECK(run.fabric().port_hops() == 2 * 6);
  for (PortIndex lane = 0; lane < 3; ++lane)
    CHECK(run.fabric().counters(lane).bytes == 1200);
}

TEST_CASE("every packet carries the frame's overhead on the wire and not in its payload")
{
  const FabricPolicy policy{.mtu = 1000_B, .frame_overhead = 50_B};
  FabricRun run(small_clos({}), policy);
  run.start(flow(0, {{1, 2500}}));
  run.finish();
  CHECK(run.fabric().payload_bytes_delivered() == 2500);
  CHECK(run.fabric().counters(0).bytes == 2500 + 3 * 50);
  CHECK(arrival_of_one(1, 2500, policy) == 2650 * Byte + Hop);
}

TEST_CASE("two flows into one destination share its port")
{
  FabricRun run(small_clos({}));
  run.start(flow(1, {{0, 80 * 8192}}));
  run.start(flow(2, {{0, 80 * 8192}}));
  run.finish();
  const std::int64_t both = 2 * 80 * 8192 * Byte + 2 * Hop;
  CHECK(run.notices().back().second == both);
  // Packet by packet in turn: the other one ends one packet earlier.
  CHECK(run.notices().front().second == both - 8192 * Byte);
}

TEST_CASE("flows to different destinations do not disturb each other")
{
  FabricRun run(small_clos({}));
  run.start(flow(0, {{1, 80 * 8192}}));
  run.start(flow(2, {{3, 80 * 8192}}));
  run.finish();
  CHECK(run.time_of(0) == 80 * 8192 * Byte + 2 * Hop);
  CHECK(run.time_of(2) == run.time_of(0));
}

TEST_CASE("the inbox gives notice its delay after the last byte")
{
  FabricRun run(small_clos({}));
  const InboxIndex inboxes = run.fabric().add_inboxes(8);
  run.fabric().expect(inboxes + 1, 3000, 77, 100);
  run.start(flow_to_inbox(0, {{1, 1000}}, inboxes));
  run.start(flow_to_inbox(2, {{1, 2000}}, inboxes), 5'000'000);
  run.finish();
  REQUIRE(run.notices().size() == 1);
  CHECK(run.time_of(100) == 5'000'000 + 2000 * Byte + Hop + 77);
}

TEST_CASE("an inbox that is one byte short gives no notice")
{
  FabricRun run(small_clos({}));
  const InboxIndex inboxes = run.fabric().add_inboxes(8);
  run.fabric().expect(inboxes + 1, 3001, 0, 100);
  run.start(flow_to_inbox(0, {{1, 3000}}, inboxes));
  run.finish();
  CHECK(run.notices().empty());
}

TEST_CASE("an inbox can wait again when it has given notice and not before")
{
  FabricRun run(small_clos({}));
  const InboxIndex inboxes = run.fabric().add_inboxes(8);
  run.fabric().expect(inboxes + 1, 100, 0, 7);
  CHECK_THROWS_AS(run.fabric().expect(inboxes + 1, 100, 0, 8), SimulationError);
  run.start(flow_to_inbox(0, {{1, 100}}, inboxes));
  run.finish();
  run.fabric().expect(inboxes + 1, 100, 0, 9);
  run.start(flow_to_inbox(0, {{1, 100}}, inboxes), 10'000'000);
  run.finish();
  CHECK(run.time_of(9) == 10'000'000 + 100 * Byte + Hop);
}

TEST_CASE("the fence is the last acknowledgement and not that of the last message")
{
  // The first message goes far, the last one stays near.
  const std::int64_t fence = fence_of_one({{5, 512}, {1, 512}}, {});
  CHECK(fence == 512 * Byte + 6 * Hop);
  // Without the far message the near one alone would decide.
  CHECK(fence_of_one({{1, 512}, {1, 512}}, {}) == 1024 * Byte + 2 * Hop);
}

TEST_CASE("the fence of a flow without messages is its start")
{
  FabricRun run(small_clos({}));
  run.start(flow(0, {}), 12'345);
  run.finish();
  CHECK(run.time_of(0) == 12'345);
  CHECK(run.fabric().flows_in_flight() == 0);
}

TEST_CASE("a message to the source itself passes no port")
{
  FabricRun run(small_clos({}));
  const InboxIndex inboxes = run.fabric().add_inboxes(8);
  run.fabric().expect(inboxes, 1000, 0, 100);
  FlowSpec local = flow(0, {{0, 1000}});
  local.issue_rate = 1_GBps;
  local.inbox = inboxes;
  run.start(local);
  run.finish();
  CHECK(run.fabric().port_hops() == 0);
  CHECK(run.fabric().payload_bytes_delivered() == 1000);
  // Only the issuing cores' time.
  CHECK(run.time_of(0) == 1000 * Byte);
  CHECK(run.time_of(100) == 1000 * Byte);
}

TEST_CASE("a queue in front of a port is counted at its peak")
{
  FabricRun run(small_clos({}));
  for (const std::uint32_t source : {1U, 2U, 3U})
    run.start(flow(source, {{0, 8192}}));
  run.finish();
  // Three heads come at once: the last one finds two packets before it.
  CHECK(run.fabric().peak_queue_bytes() == 2 * 8192);
}

TEST_CASE("a network with unequal latencies in one stage is refused")
{
  NetworkSpec network = small_clos({});
  network.ports[network.up_ports[1]].latency = 300_ns;
  CHECK_THROWS_AS(FabricRun(network), SimulationError);
}

TEST_CASE("a port without a rate is refused")
{
  NetworkSpec network = small_clos({});
  network.ports[3].rate = BytesPerSecond(0);
  CHECK_THROWS_AS(FabricRun(network), SimulationError);
}

TEST_CASE("the fabric stops at its limit and goes on from there")
{
  Calendar calendar;
  PacketFabric fabric(small_clos({}), {}, calendar);
  fabric.start(flow(0, {{1, 512}}), 0);
  // The head reaches the second port at once, since the lane has no latency: both hops are counted at time 0.
  CHECK(fabric.run(0) == Calendar::Never);
  CHECK(fabric.port_hops() == 2);
  CHECK(fabric.run(512 * Byte + 2 * Hop - 1) == Calendar::Never);
  CHECK(fabric.run(Calendar::Never) == 512 * Byte + 2 * Hop);
}

TEST_CASE("a finished flow's place is used again")
{
  FabricRun run(small_clos({}));
  for (std::int64_t round = 0; round < 5; ++round) {
    run.start(flow(0, {{1, 100}, {2, 100}}), round * 10'000'000);
    run.finish();
    CHECK(run.fabric().flows_in_flight() == 0);
    CHECK(run.notices().back().second == round * 10'000'000 + 200 * Byte + 2 * Hop);
  }
}
