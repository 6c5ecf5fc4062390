#include "sim/diagnostics/errors.h"
#include "sim/random/random_stream.h"
#include "tests/support/any_policy.h"
#include "tests/support/fabric_run.h"
#include "tests/support/small_clos.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <numeric>

using namespace cm;
using namespace cm::sim::fabric;
using namespace cm::tests;
using cm::sim::RandomStream;

namespace {

constexpr std::uint32_t Packet = 8192;

FabricPolicy credits()
{
  return {.flow_control = FlowControl::Credits};
}

struct Outcome {
  std::int64_t end = 0;
  std::uint64_t emitted = 0;
  std::uint64_t delivered = 0;
  std::uint64_t flows_left = 0;
  std::uint64_t peak = 0;
};

Outcome outcome(const ClosSpec& spec, const FabricPolicy& policy, const std::vector<FlowSpec>& flows)
{
  FabricRun run(small_clos(spec), policy);
  Outcome result;
  result.end = run_all(run, flows);
  result.emitted = run.fabric().payload_bytes_emitted();
  result.delivered = run.fabric().payload_bytes_delivered();
  result.flows_left = run.fabric().flows_in_flight();
  result.peak = run.fabric().peak_queue_bytes();
  return result;
}

std::uint64_t bytes_of(const std::vector<FlowSpec>& flows)
{
  std::uint64_t bytes = 0;
  for (const FlowSpec& each : flows)
    for (const Message& message : each.messages)
      bytes += message.bytes;
  return bytes;
}

std::vector<FlowSpec> incast(std::uint32_t ranks, std::uint32_t bytes)
{
  std::vector<FlowSpec> flows;
  for (std::uint32_t source = 1; source < ranks; ++source)
    flows.push_back(flow(source, {{0, bytes}}));
  return flows;
}

std::vector<FlowSpec> permutation(std::uint32_t ranks, std::uint32_t bytes, RandomStream& random)
{
  std::vector<std::uint32_t> to(ranks);
  std::iota(to.begin(), to.end(), 0U);
  for (std::uint32_t i = ranks; i-- > 1;)
    std::swap(to[i], to[random.below(i + 1)]);
  std::vector<FlowSpec> flows;
  for (std::uint32_t source = 0; source < ranks; ++source)
    flows.push_back(flow(source, {{to[source], bytes}}));
  return flows;
}

// Sizes from a byte to several packets, destinations in any order.
std::vector<FlowSpec> random_exchange(std::uint32_t ranks, RandomStream& random)
{
  std::vector<FlowSpec> flows;
  for (std::uint32_t source = 0; source < ranks; ++source) {
    std::vector<Message> messages;
    for (std::uint32_t i = 0; i < 3 * ranks; ++i)
      messages.push_back({random.below(ranks), 1 + random.below(4 * Packet)});
    flows.push_back(flow(source, std::move(messages)));
  }
  return flows;
}

std::vector<FlowSpec> random_pattern(std::uint32_t kind, std::uint32_t ranks, RandomStream& random)
{
  switch (kind) {
  case 0: return random_exchange(ranks, random);
  case 1: return incast(ranks, 1 + random.below(20 * Packet));
  case 2: return permutation(ranks, 1 + random.below(40 * Packet), random);
  default: return all_to_all(ranks, 1 + random.below(3 * Packet));
  }
}

}  // namespace

TEST_CASE("credits change nothing where nobody waits")
{
  for (const std::uint32_t destination : {1U, 5U}) {
    const std::vector<FlowSpec> flows{flow(0, {{destination, 100 * Packet + 77}})};
    const Outcome with = outcome({.lanes = 2}, credits(), flows);
    CHECK(with.end == outcome({.lanes = 2}, {}, flows).end);
    CHECK(with.delivered == 100 * Packet + 77);
  }
}

TEST_CASE("all bytes arrive and no buffer overflows with credits")
{
  const std::uint64_t seed = GENERATE(1U, 2U, 3U);
  INFO("seed " << seed);
  RandomStream random(seed, "exchange");
  const ClosSpec spec{.groups = 4, .lanes = 2, .spines = 3, .buffer = Bytes(4 * Packet)};
  const auto flows = random_exchange(16, random);
  const Outcome result = outcome(spec, credits(), flows);
  CHECK(result.emitted == bytes_of(flows));
  CHECK(result.delivered == bytes_of(flows));
  CHECK(result.flows_left == 0);
  // What waits in front of a port has room at the ends of the links that lead to its chip: 4 of endpoints and 3 of
  // spines.
  CHECK(result.peak <= 7 * 4 * Packet);
  CHECK(result.peak > 0);
}

TEST_CASE("an incast fills finite buffers back to its sources and takes as long as with endless ones")
{
  const auto flows = incast(32, 32 * Packet);
  ClosSpec spec = cloudmatrix_clos(2);
  spec.buffer = Bytes(Packet);
  const Outcome without = outcome(spec, {}, flows);
  const Outcome with = outcome(spec, credits(), flows);
  CHECK(with.delivered == bytes_of(flows));
  // 31 senders of 32 packets: endless queues hold nearly all of them, finite ones hold what they have room for, a
  // packet at the end of each of the links that lead to a chip.
  CHECK(without.peak > 100 * Packet);
  CHECK(with.peak <= (16 + 16) * Packet);
  CHECK(static_cast<double>(with.end) == Approx(static_cast<double>(without.end)).epsilon(0.02));
}

TEST_CASE("an incast's back-pressure reaches its senders")
{
  // When a sender's message to an idle receiver arrives that it sends after its part of the incast.
  const auto message_behind = [](const FabricPolicy& policy) {
    FabricRun run(small_clos({.endpoints_per_group = 8, .buffer = Bytes(2 * Packet)}), policy);
    const InboxIndex inboxes = run.fabric().add_inboxes(16);
    run.fabric().expect(inboxes + 9, 100, 0, 100);
    for (const FlowSpec& each : incast(7, 50 * Packet))
      run.start(each);
    run.start(flow_to_inbox(7, {{0, 50 * Packet}, {9, 100}}, inboxes));
    run.fabric().expect(inboxes, 50 * Packet, 0, 200);
    run.finish();
    return run.time_of(100);
  };
  // An endless queue takes all at once; with room for two packets a sender is as slow as the port that all share.
  const std::int64_t one_sender = 50 * Packet * 1000;
  CHECK(message_behind({}) < 2 * one_sender);
  CHECK(message_behind(credits()) > 6 * one_sender);
}

TEST_CASE("nothing deadlocks even when a buffer holds one packet only")
{
  const std::uint64_t seed = GENERATE(range(1U, 11U));
  const std::uint32_t kind = GENERATE(0U, 1U, 2U, 3U);
  INFO("seed " << seed << ", pattern " << kind);
  RandomStream random(seed, "deadlock", kind);
  const ClosSpec spec{.groups = 2 + random.below(3),
                      .endpoints_per_group = 2 + random.below(4),
                      .lanes = 1 + random.below(3),
                      .spines = 1 + random.below(3),
                      .buffer = Bytes(Packet)};
  FabricPolicy policy = credits();
  policy.lane_choice = any_lane_choice(random);
  policy.spine_choice = any_spine_choice(random);
  const auto flows = random_pattern(kind, spec.groups * spec.endpoints_per_group, random);
  const Outcome result = outcome(spec, policy, flows);
  CHECK(result.delivered == bytes_of(flows));
  CHECK(result.flows_left == 0);
  CHECK(result.peak <= (std::uint64_t{spec.endpoints_per_group} + spec.spines + spec.groups) * Packet);
}

TEST_CASE("senders with engines make progress under back-pressure")
{
  FabricRun run(small_clos({.endpoints_per_group = 8, .lanes = 2, .buffer = Bytes(Packet)}), credits());
  const EngineIndex engines = run.fabric().add_engines(16 * 2);
  for (std::uint32_t source = 1; source < 16; ++source) {
    FlowSpec paced = flow(source, {{0, 20 * Packet}});
    paced.engine = {.engine = engines + source * 2, .per_lane = source % 2 == 0, .rate = BytesPerSecond(0.7e9)};
    paced.pause = Picoseconds(1000);
    run.start(paced);
  }
  run.finish();
  CHECK(run.fabric().payload_bytes_delivered() == 15 * 20 * Packet);
  CHECK(run.fabric().flows_in_flight() == 0);
}

TEST_CASE("buffers of any size are kept to, however far ahead room is promised")
{
  const std::uint64_t seed = GENERATE(range(1U, 6U));
  const std::uint32_t packets = GENERATE(2U, 5U, 16U, 64U);
  INFO("seed " << seed << ", buffers of " << packets << " packets");
  RandomStream random(seed, "engines", packets);
  const ClosSpec spec{
      .groups = 4, .endpoints_per_group = 6, .lanes = 3, .spines = 2, .buffer = Bytes(std::int64_t{packets} * Packet)};
  FabricRun run(small_clos(spec), credits());
  const EngineIndex engines = run.fabric().add_engines(24);
  // Half of the messages go to one receiver, so that queues fill back to the senders.
  std::uint64_t bytes = 0;
  for (std::uint32_t source = 0; source < 24; ++source) {
    FlowSpec paced = flow(source, {});
    for (int message = 0; message < 60; ++message)
      paced.messages.push_back({message % 2 == 0 ? 0 : random.below(24), 1 + random.below(3 * Packet)});
    for (const Message& message : paced.messages)
      bytes += message.bytes;
    paced.engine = {.engine = engines + source, .rate = BytesPerSecond(2.5e9)};
    run.start(paced);
  }
  run.finish();
  CHECK(run.fabric().payload_bytes_delivered() == bytes);
  CHECK(run.fabric().flows_in_flight() == 0);
  CHECK(run.fabric().peak_queue_bytes() <= std::uint64_t{6 + 2} * packets * Packet);
  CHECK(run.fabric().peak_queue_bytes() > std::uint64_t{packets} * Packet / 2);
}

TEST_CASE("frame overhead and short packets are accounted for in the buffers")
{
  FabricPolicy policy = credits();
  policy.frame_overhead = 24_B;
  const auto flows = incast(8, 10 * Packet + 3);
  const Outcome result = outcome({.buffer = Bytes(Packet + 24)}, policy, flows);
  CHECK(result.delivered == bytes_of(flows));
  CHECK(result.flows_left == 0);
}

TEST_CASE("a buffer that cannot hold a packet is refused")
{
  CHECK_THROWS_AS(FabricRun(small_clos({.buffer = Bytes(Packet - 1)}), credits()), SimulationError);
  CHECK_NOTHROW(FabricRun(small_clos({.buffer = Bytes(Packet)}), credits()));
  // Without credits the buffer is only a number to compare with.
  CHECK_NOTHROW(FabricRun(small_clos({.buffer = Bytes(Packet - 1)})));
}
