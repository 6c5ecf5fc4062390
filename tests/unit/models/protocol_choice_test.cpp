#include "models/collectives/direct.h"
#include "models/collectives/protocol_choice.h"
#include "models/collectives/ring.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::models;

namespace {

const std::vector<ProtocolSpec> Two{
    {.name = "quick", .launch = 2_us, .step = 1_us, .message = 100_ns, .rate = 50_GBps},
    {.name = "wide", .launch = 20_us, .step = 1_us, .message = Seconds(0), .rate = 400_GBps}};

CollectivePlan gather(Bytes share)
{
  return plan_direct({.operation = Operation::AllGather, .ranks = 5, .bytes = share});
}

}  // namespace

TEST_CASE("the expected time adds launch, bytes, messages, reductions and steps")
{
  const CollectiveMachine machine{Two, 200_GBps, BytesPerSecond(1e12)};
  // 4 messages of 50 kB at 50 GB/s, 100 ns each.
  CHECK(microseconds(expected_time(gather(Bytes(50'000)), Two[0], machine)) == Approx(2 + 4 + 0.4 + 1));
  // The lanes are narrower than the engine.
  CHECK(microseconds(expected_time(gather(Bytes(50'000)), Two[1], machine)) == Approx(20 + 1 + 1));
  const CollectivePlan ring = plan_ring({.operation = Operation::ReduceScatter, .ranks = 5, .bytes = Bytes(50'000)});
  CHECK(microseconds(expected_time(ring, Two[0], machine)) == Approx(2 + 4 * (1 + 0.1 + 0.15 + 1)));
}

TEST_CASE("few bytes take the protocol that starts sooner and many the wider one")
{
  const CollectiveMachine machine{Two, 200_GBps, BytesPerSecond(1e12)};
  CHECK(best_protocol(gather(1_KiB), machine, "direct")->name == "quick");
  CHECK(best_protocol(gather(10_MiB), machine, "direct")->name == "wide");
}

TEST_CASE("a receiver is held to its lanes and not to its engine")
{
  const CollectiveMachine machine{Two, 200_GBps, BytesPerSecond(1e12)};
  const CollectivePlan incast = plan_direct({.operation = Operation::Incast, .ranks = 11, .bytes = Bytes(1'000'000)});
  // 10 MB into 200 GB/s; each sender has a tenth of it to put out at 50 GB/s.
  CHECK(microseconds(expected_time(incast, Two[0], machine)) == Approx(2 + 50 + 0.1 + 1));
  CHECK(best_protocol(incast, machine, "direct")->name == "quick");
}

TEST_CASE("a protocol is not taken for sizes that it is not made for")
{
  std::vector<ProtocolSpec> limited = Two;
  limited[0].up_to = Bytes(4000);
  limited[1].from = Bytes(8000);
  const CollectiveMachine machine{limited, 200_GBps, BytesPerSecond(1e12)};
  CHECK(best_protocol(gather(Bytes(1000)), machine, "direct")->name == "quick");
  CHECK(best_protocol(gather(Bytes(1001)), machine, "direct") == nullptr);
  CHECK(best_protocol(gather(Bytes(1999)), machine, "direct") == nullptr);
  CHECK(best_protocol(gather(Bytes(2000)), machine, "direct")->name == "wide");
}

TEST_CASE("a protocol that runs one algorithm is not taken for another")
{
  std::vector<ProtocolSpec> ring = Two;
  ring[0].algorithm = "ring";
  const CollectiveMachine machine{ring, 200_GBps, BytesPerSecond(1e12)};
  CHECK(best_protocol(gather(1_KiB), machine, "ring")->name == "quick");
  CHECK(best_protocol(gather(1_KiB), machine, "direct")->name == "wide");
}

TEST_CASE("a lone pair is held to its channels, and its last chunk is drained")
{
  std::vector<ProtocolSpec> channels = Two;
  channels[1].channels = {.count = 32, .rate = 1_GBps, .chunk = Bytes(100'000), .drain = 2_GBps};
  const CollectiveMachine machine{channels, 200_GBps, BytesPerSecond(1e12)};
  // 10 of 32 ranks' channels: 2 each. 1 MB at 2 GB/s and 100 kB of either channel at 2 GB/s.
  const CollectivePlan incast = plan_direct({.operation = Operation::Incast, .ranks = 10, .bytes = Bytes(1'000'000)});
  CHECK(microseconds(expected_time(incast, channels[1], machine)) == Approx(20 + 500 + 50 + 1));
  CHECK(channels[1].channels.per_peer(2) == 16);
  CHECK(channels[1].channels.per_peer(4) == 8);
  CHECK(channels[1].channels.per_peer(5) == 4);
  CHECK(channels[1].channels.per_peer(100) == 1);
}

TEST_CASE("messages that a host issues in turn wait for one another")
{
  std::vector<ProtocolSpec> issued = Two;
  issued[0].issue = 10_us;
  const CollectiveMachine machine{issued, 200_GBps, BytesPerSecond(1e12)};
  const double apart = microseconds(expected_time(gather(Bytes(50'000)), Two[0], machine));
  CHECK(microseconds(expected_time(gather(Bytes(50'000)), issued[0], machine)) == Approx(apart + 19 * 10));
}
