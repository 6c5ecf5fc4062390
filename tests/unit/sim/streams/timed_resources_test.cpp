#include "sim/streams/timed_resources.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::sim::streams;

namespace {

constexpr Picoseconds ns(std::int64_t count)
{
  return Picoseconds(count * 1000);
}

// Two servers of four channels of 1 GB/s: a nanosecond a byte and channel.
ServerKind add_memory(TimedResources& resources)
{
  return resources.add(
      {.name = "memory", .count = 2, .channels = 4, .interleave = 256_B, .rate = 4_GBps, .latency = 50_ns});
}

}  // namespace

TEST_CASE("a piece on one channel takes the rate of one channel, a large one that of all")
{
  TimedResources resources;
  const ServerKind memory = add_memory(resources);
  CHECK(resources.serve({.kind = memory, .bytes = 256_B}, ns(0)) == ns(306));
  CHECK(resources.serve({.kind = memory, .server = 1, .bytes = 4_KiB}, ns(0)) == ns(1024 + 50));
}

TEST_CASE("what meets on a channel waits in order, what lies on others does not")
{
  TimedResources resources;
  const ServerKind memory = add_memory(resources);
  resources.serve({.kind = memory, .address = 0, .bytes = 256_B}, ns(0));
  CHECK(resources.serve({.kind = memory, .address = 1024, .bytes = 256_B}, ns(0)) == ns(512 + 50));
  CHECK(resources.serve({.kind = memory, .address = 256, .bytes = 256_B}, ns(0)) == ns(256 + 50));
  CHECK(resources.serve({.kind = memory, .server = 1, .bytes = 256_B}, ns(0)) == ns(256 + 50));
}

TEST_CASE("what lies on several channels waits for the busiest of them, whichever that is")
{
  const std::uint64_t busy_channel = GENERATE(0U, 1U, 2U, 3U);
  CAPTURE(busy_channel);
  TimedResources resources;
  const ServerKind memory = add_memory(resources);
  resources.serve({.kind = memory, .address = busy_channel * 256, .bytes = 256_B}, ns(0));
  CHECK(resources.serve({.kind = memory, .bytes = 1_KiB, .streams = true}, ns(0)) == ns(256 + 50));
  CHECK(resources.serve({.kind = memory, .bytes = 1_KiB}, ns(0)) == ns(3 * 256 + 50));
  // Nine pieces on four channels, for 256 ns each.
  CHECK(resources.busiest(memory) == ns(9 * 256 / 4));
}

TEST_CASE("a server that streams lets the next one start a latency after it starts")
{
  TimedResources resources;
  const ServerKind memory = add_memory(resources);
  CHECK(resources.serve({.kind = memory, .bytes = 4_KiB, .streams = true}, ns(0)) == ns(50));
  CHECK(resources.serve({.kind = memory, .bytes = 256_B, .streams = true}, ns(0)) == ns(1024 + 50));
}

TEST_CASE("pieces that are no multiple of the interleave take no longer than their bytes")
{
  TimedResources resources;
  const ServerKind memory = add_memory(resources);
  CHECK(resources.serve({.kind = memory, .bytes = 100_B}, ns(0)) == ns(150));
  CHECK(resources.busiest(memory) == ns(25));
  resources.forget_busy_times();
  CHECK(resources.busiest(memory) == ns(0));
}

TEST_CASE("without a rate there is a latency and no queue")
{
  TimedResources resources;
  const ServerKind wire = resources.add({.name = "wire", .latency = 10_ns});
  CHECK(resources.serve({.kind = wire, .bytes = 1_GiB}, ns(5)) == ns(15));
  CHECK(resources.serve({.kind = wire, .bytes = 1_GiB}, ns(5)) == ns(15));
}
