// How an endpoint paces a flow: engines, issuing cores, pauses, engines of the receiver.
#include "tests/support/fabric_run.h"
#include "tests/support/small_clos.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::sim::fabric;
using namespace cm::tests;

namespace {

constexpr std::int64_t Hop = 200'000;
constexpr std::int64_t Byte = 1'000;
constexpr std::uint32_t Packet = 8192;

// The last packet comes onto its lane when the engine has served all before it.
std::int64_t fence_behind_engine(std::int64_t packets, std::int64_t step)
{
  return (packets - 1) * step + Packet * Byte + 2 * Hop;
}

}  // namespace

TEST_CASE("an engine slower than the lanes paces its flow")
{
  FabricRun run(small_clos({.lanes = 2}));
  FlowSpec paced = flow(0, {{1, 100 * Packet}});
  paced.engine = {.engine = run.fabric().add_engines(1), .rate = BytesPerSecond(0.5e9)};
  run.start(paced);
  CHECK(run.finish() == fence_behind_engine(100, 2 * Packet * Byte));
}

// Destinations differ, so that no port behind the lane has a queue.
TEST_CASE("packets off an engine faster than its lane wait for that lane")
{
  FabricRun run(small_clos({}));
  FlowSpec paced = flow(0, {{1, Packet}, {2, Packet}, {3, Packet}});
  paced.engine = {.engine = run.fabric().add_engines(1), .rate = 100_GBps};
  run.start(paced);
  CHECK(run.finish() == 3 * Packet * Byte + 2 * Hop);
}

TEST_CASE("packets off two engines wait for each other at the port of their destination")
{
  FabricRun run(small_clos({}));
  const EngineIndex engines = run.fabric().add_engines(2);
  for (const std::uint32_t source : {1U, 2U}) {
    FlowSpec paced = flow(source, {{0, Packet}});
    paced.engine = {.engine = engines + source - 1, .rate = 1_GBps};
    run.start(paced);
  }
  run.finish();
  CHECK(run.time_of(1) == Packet * Byte + 2 * Hop);
  CHECK(run.time_of(2) == 2 * Packet * Byte + 2 * Hop);
}

TEST_CASE("an engine faster than the lanes changes nothing")
{
  FabricRun run(small_clos({}));
  FlowSpec paced = flow(0, {{1, 100 * Packet}});
  paced.engine = {.engine = run.fabric().add_engines(1), .rate = 4_GBps};
  run.start(paced);
  CHECK(run.finish() == 100 * Packet * Byte + 2 * Hop);
}

namespace {

// When two flows end that name one engine at half of a lane's rate: the first and the second of them.
std::pair<std::int64_t, std::int64_t> ends_behind_one_engine()
{
  FabricRun run(small_clos({.lanes = 2}));
  const EngineIndex engine = run.fabric().add_engines(1);
  for (const std::uint32_t destination : {1U, 2U}) {
    FlowSpec paced = flow(0, {{destination, 100 * Packet}}, destination);
    paced.engine = {.engine = engine, .rate = BytesPerSecond(0.5e9)};
    run.start(paced);
  }
  run.finish();
  return {run.notices().front().second, run.notices().back().second};
}

}  // namespace

TEST_CASE("two flows behind one engine take as long as one with the bytes of both")
{
  CHECK(ends_behind_one_engine().second == fence_behind_engine(200, 2 * Packet * Byte));
}

TEST_CASE("two flows behind one engine take turns")
{
  const auto [first, second] = ends_behind_one_engine();
  CHECK(second - first < 40 * 2 * Packet * Byte);
}

TEST_CASE("two flows with engines of their own do not share")
{
  FabricRun run(small_clos({.lanes = 4}));
  const EngineIndex engine = run.fabric().add_engines(2);
  for (const std::uint32_t destination : {1U, 2U}) {
    FlowSpec paced = flow(0, {{destination, 64 * Packet}}, destination);
    paced.engine = {.engine = engine + destination - 1, .rate = BytesPerSecond(0.25e9)};
    run.start(paced);
  }
  // The lanes have room for both: each ends as if alone, less a few packets that met on a lane.
  CHECK(run.finish() <= fence_behind_engine(64, 4 * Packet * Byte) + 8 * Packet * Byte);
}

TEST_CASE("an engine for each lane limits every lane by itself")
{
  for (const std::uint32_t lanes : {2U, 4U}) {
    FabricRun run(small_clos({.lanes = lanes}));
    FlowSpec paced = flow(0, {{1, 100 * Packet}});
    paced.engine = {.engine = run.fabric().add_engines(lanes), .per_lane = true, .rate = BytesPerSecond(0.5e9)};
    run.start(paced);
    CHECK(run.finish() == fence_behind_engine(100 / lanes, 2 * Packet * Byte));
  }
}

TEST_CASE("packets that leave the group take the engine longer")
{
  const auto end = [](std::uint32_t destination) {
    FabricRun run(small_clos({.lanes = 2}));
    FlowSpec paced = flow(0, {{destination, 102 * Packet}});
    paced.engine = {.engine = run.fabric().add_engines(1), .rate = BytesPerSecond(0.5e9), .other_group_cost = 1.25};
    run.start(paced);
    return run.finish() - 2 * run.fabric().path_latency_ps(0, destination) - Packet * Byte;
  };
  CHECK(end(1) == 101 * 2 * Packet * Byte);
  CHECK(2 * end(5) == 101 * 5 * Packet * Byte);
}

TEST_CASE("the issuing cores pace all messages and the local ones too")
{
  FabricRun run(small_clos({.lanes = 2}));
  FlowSpec paced = flow(0, {{1, Packet}, {0, Packet}, {1, Packet}});
  paced.issue_rate = BytesPerSecond(0.5e9);
  run.start(paced);
  CHECK(run.finish() == fence_behind_engine(3, 2 * Packet * Byte));
}

TEST_CASE("an endpoint rests after each message and not after each packet")
{
  const auto end = [](std::vector<Message> messages) {
    FabricRun run(small_clos({.lanes = 2}));
    FlowSpec paced = flow(0, std::move(messages));
    paced.engine = {.engine = run.fabric().add_engines(1), .rate = BytesPerSecond(0.5e9)};
    paced.pause = Picoseconds(30'000'000);
    run.start(paced);
    return run.finish();
  };
  const std::int64_t without = fence_behind_engine(3, 2 * Packet * Byte);
  CHECK(end({{1, Packet}, {1, Packet}, {1, Packet}}) == without + 2 * 30'000'000);
  CHECK(end({{1, 2 * Packet}}) == fence_behind_engine(2, 2 * Packet * Byte));
  // Nothing leaves with a local message, and nobody waits for its round trip.
  CHECK(end({{1, Packet}, {0, Packet}, {0, Packet}, {1, Packet}}) ==
        fence_behind_engine(2, 2 * Packet * Byte) + 30'000'000);
}

// Each rest makes up for what the other engines send meanwhile.
TEST_CASE("an engine for each lane rests once for every lane")
{
  FabricRun run(small_clos({.lanes = 2}));
  FlowSpec paced = flow(0, std::vector<Message>(6, {1, Packet}));
  paced.engine = {.engine = run.fabric().add_engines(2), .per_lane = true, .rate = 1_GBps};
  paced.pause = Picoseconds(30'000'000);
  run.start(paced);
  // Three messages a lane, two rests of 2 x 30 us between them.
  CHECK(run.finish() == fence_behind_engine(3, Packet * Byte + 2 * 30'000'000));
}

// The numbers of messages lie around the number of packets that an engine serves in one go.
TEST_CASE("the fence does not wait for the rest after the last message")
{
  for (const std::uint32_t messages : {1U, 7U, 8U, 9U, 15U, 16U, 17U, 32U, 64U}) {
    INFO(messages << " messages");
    FabricRun run(small_clos({.lanes = 2}));
    FlowSpec paced = flow(0, std::vector<Message>(messages, {1, Packet}));
    paced.engine = {.engine = run.fabric().add_engines(1), .rate = 1_GBps};
    paced.pause = Picoseconds(50'000'000);
    run.start(paced);
    CHECK(run.finish() == fence_behind_engine(messages, Packet * Byte + 50'000'000));
  }
}

TEST_CASE("the fence does not wait for the time of a message after the last one")
{
  for (const std::uint32_t messages : {1U, 7U, 8U, 9U, 15U, 16U, 17U, 32U, 64U}) {
    INFO(messages << " messages");
    FabricRun run(small_clos({.lanes = 2}));
    FlowSpec paced = flow(0, std::vector<Message>(messages, {1, Packet}));
    paced.issue_rate = BytesPerSecond(0.1e9);
    run.start(paced);
    const std::int64_t fence = fence_behind_engine(messages, 10 * Packet * Byte);
    // Others end shortly after: finish() fails when the notice comes after its time.
    run.start(flow(2, {{3, Packet}}), fence);
    run.finish();
    CHECK(run.time_of(0) == fence);
    CHECK(run.notices().front().first == 0);
  }
}

TEST_CASE("a flow that rests leaves the lane to the others of its endpoint")
{
  FabricRun run(small_clos({}));
  FlowSpec resting = flow(0, std::vector<Message>(40, {1, 1000}));
  resting.engine = {.engine = run.fabric().add_engines(1), .rate = 1_GBps};
  resting.pause = Picoseconds(1'000'000'000);
  run.start(resting);
  run.start(flow(0, {{2, 1000}}, 9), 1'500'000);
  run.finish();
  // Alone it would take 1.4 us; some packets of the other flow may be on their way.
  CHECK(run.time_of(9) <= 1'500'000 + 20 * Packet * Byte);
}

TEST_CASE("an engine at the receiver paces what it takes in")
{
  FabricRun run(small_clos({.lanes = 4}));
  const EngineIndex sinks = run.fabric().add_engines(8);
  for (const std::uint32_t source : {1U, 2U}) {
    FlowSpec slow = flow(source, {{0, 100 * Packet}});
    slow.sink_engine = sinks;
    slow.sink_rate = 1_GBps;
    run.start(slow);
  }
  // Two sources of 4 lanes each bring eight times what the sink takes; it works from the first head on.
  CHECK(run.finish() == 200 * Packet * Byte + 2 * Hop);
}

TEST_CASE("packets from another group take the receiver's engine longer")
{
  const auto end = [](std::uint32_t source) {
    FabricRun run(small_clos({.lanes = 4}));
    FlowSpec slow = flow(source, {{0, 100 * Packet}});
    slow.engine = {.other_group_cost = 1.5};
    slow.sink_engine = run.fabric().add_engines(8);
    slow.sink_rate = 1_GBps;
    run.start(slow);
    return run.finish() - 2 * run.fabric().path_latency_ps(source, 0);
  };
  CHECK(end(1) == 100 * Packet * Byte);
  CHECK(2 * end(5) == 3 * 100 * Packet * Byte);
}

TEST_CASE("a fast engine at the receiver waits for the packet's tail")
{
  FabricRun run(small_clos({}));
  FlowSpec fast = flow(1, {{0, Packet}});
  fast.sink_engine = run.fabric().add_engines(8);
  fast.sink_rate = 100_GBps;
  run.start(fast);
  CHECK(run.finish() == Packet * Byte + 2 * Hop);
}

TEST_CASE("receivers have sink engines of their own")
{
  FabricRun run(small_clos({}));
  const EngineIndex sinks = run.fabric().add_engines(8);
  for (const std::uint32_t source : {0U, 2U}) {
    FlowSpec slow = flow(source, {{source + 1, 10 * Packet}});
    slow.sink_engine = sinks;
    slow.sink_rate = BytesPerSecond(0.5e9);
    run.start(slow);
  }
  run.finish();
  CHECK(run.time_of(0) == 10 * 2 * Packet * Byte + 2 * Hop);
  CHECK(run.time_of(2) == run.time_of(0));
}
