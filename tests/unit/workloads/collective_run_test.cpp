#include "tests/support/card_machine.h"
#include "tests/support/collective_time.h"
#include "tests/support/small_machine.h"
#include "workloads/collective/collective_flows.h"

#include <catch2/catch.hpp>

#include <cmath>

using namespace cm;
using namespace cm::tests;
using models::CollectiveQuestion;
using models::MachineSpec;
using models::Operation;

namespace {

// 100 GB/s, less than the lanes' 196; traversals of 200 ns.
models::ProtocolSpec protocol()
{
  return {.name = "only", .launch = 2_us, .step = 1_us, .message = Seconds(0), .rate = 100_GBps};
}

CollectiveQuestion question(Operation operation, std::uint32_t ranks, Bytes bytes, double hot_factor = 1)
{
  return {.operation = operation,
          .ranks = ranks,
          .ranks_per_group = 16,
          .bytes = bytes,
          .hot_factor = hot_factor,
          .seed = 1};
}

double time_us(std::string_view algorithm, const CollectiveQuestion& asked,
               const MachineSpec& machine = small_machine())
{
  return microseconds(run_collective(algorithm, asked, protocol(), machine).end);
}

void check_on_flows(std::string_view algorithm)
{
  const MachineSpec machine = small_machine();
  const auto plan = models::find_algorithm(algorithm)->plan(question(Operation::AllReduce, 8, Bytes(16'000'000)));
  const double packets = microseconds(run_plan(plan, protocol(), machine).end);
  const double flows = microseconds(workloads::run_collective_on_flows(plan, protocol(), machine));
  CHECK(flows == Approx(packets).epsilon(0.02));
}

}  // namespace

TEST_CASE("a direct all-gather takes launch, bytes over rate, one traversal and the flag")
{
  // 7 x 1 MB at 100 GB/s.
  CHECK(time_us("direct", question(Operation::AllGather, 8, Bytes(1'000'000))) ==
        Approx(2 + 70 + 0.2 + 1).epsilon(0.01));
}

TEST_CASE("a step between nodes takes three traversals and the engine's extra")
{
  CHECK(time_us("direct", question(Operation::Broadcast, 17, Bytes(1'000'000))) ==
        Approx(2 + 150 + 10 * 1.02 + 0.6 + 1).epsilon(0.01));
}

TEST_CASE("a ring all-reduce takes 2 (n-1) steps of an n-th of the vector each and n-1 sums")
{
  const std::uint32_t n = GENERATE(2U, 4U, 16U);
  const std::int64_t bytes = 4'800'000;
  const double part = static_cast<double>(bytes) / n;
  // A part is cut into whole rounds of the seven lanes; the last packet leaves at the engine's rate and arrives at a
  // lane's.
  const double packet = part / (7 * std::ceil(std::ceil(part / 8192) / 7));
  const double tail = packet / 28e3 - packet / 100e3;
  // A sum reads two parts and writes one at the usable 1 TB/s.
  const double expected = 2 + 2 * (n - 1) * (part / 100e3 + tail + 0.2 + 1) + (n - 1) * 3 * part / 1e6;
  CHECK(time_us("ring", question(Operation::AllReduce, n, Bytes(bytes))) == Approx(expected).epsilon(0.001));
}

TEST_CASE("a direct reduce-scatter sums all shares after the last has come")
{
  // 7 shares of 1 MB over the wire; 8 read and 1 written at 1 TB/s.
  CHECK(time_us("direct", question(Operation::ReduceScatter, 8, Bytes(1'000'000))) ==
        Approx(2 + 70 + 0.2 + 1 + 9).epsilon(0.01));
}

TEST_CASE("a hot rank makes an even exchange as long as its lanes take")
{
  const double even = time_us("direct", question(Operation::AllToAll, 8, Bytes(1'000'000)));
  const double hot = time_us("direct", question(Operation::AllToAll, 8, Bytes(1'000'000), 4));
  CHECK(even == Approx(2 + 70 + 0.2 + 1).epsilon(0.02));
  // 28 MB into 196 GB/s.
  CHECK(hot > 2 + 142.8 + 0.2 + 1);
  CHECK(hot < 1.15 * (2 + 142.8 + 0.2 + 1));
}

TEST_CASE("a message costs the engine its rest")
{
  models::ProtocolSpec slow = protocol();
  slow.message = 3_us;
  const auto asked = question(Operation::AllGather, 8, Bytes(100'000));
  const double difference = microseconds(run_collective("direct", asked, slow, small_machine()).end) -
                            microseconds(run_collective("direct", asked, protocol(), small_machine()).end);
  // After all but the last.
  CHECK(difference == Approx(6 * 3).epsilon(0.01));
}

TEST_CASE("channels hold a pair and not a rank, and the last chunk is drained at the end")
{
  models::ProtocolSpec channels = protocol();
  channels.channels = {.count = 16, .rate = 5_GBps, .chunk = Bytes(100'000), .drain = 10_GBps};
  const auto time = [&](Operation operation) {
    return microseconds(
        run_collective("direct", question(operation, 4, Bytes(1'000'000)), channels, small_machine()).end);
  };
  // 4 channels a peer: 1 MB at 20 GB/s; three peers stay below the rate of the rank.
  CHECK(time(Operation::Permutation) == Approx(2 + 50 + 10 + 0.2 + 1).epsilon(0.02));
  CHECK(time(Operation::AllToAll) == Approx(2 + 50 + 10 + 0.2 + 1).epsilon(0.02));
  // Three peers together take the rate of the rank: 3 MB at 30 GB/s.
  channels.rate = 30_GBps;
  CHECK(time(Operation::AllToAll) == Approx(2 + 100 + 10 + 0.2 + 1).epsilon(0.02));
}

TEST_CASE("ranks whose messages the host issues in turn start one after another")
{
  models::ProtocolSpec issued = protocol();
  issued.issue = 40_us;
  const auto asked = question(Operation::Permutation, 4, Bytes(1'000'000));
  const double difference = microseconds(run_collective("direct", asked, issued, small_machine()).end) -
                            microseconds(run_collective("direct", asked, protocol(), small_machine()).end);
  CHECK(difference == Approx(3 * 40).epsilon(0.01));
}

TEST_CASE("ranks that receive nothing end when their data is acknowledged")
{
  const auto outcome =
      run_collective("direct", question(Operation::Incast, 4, Bytes(1'000'000)), protocol(), small_machine());
  // Three times 100 GB/s into 196 GB/s.
  CHECK(microseconds(outcome.end) == Approx(2 + 3e6 / 196e3 + 0.2 + 1).epsilon(0.02));
  CHECK(outcome.ends[0] == outcome.end);
  for (const std::uint32_t rank : {1U, 2U, 3U})
    CHECK(outcome.ends[rank] < outcome.end);
}

TEST_CASE("a rank waits in its step for data that later steps have overtaken")
{
  // Rank 1 is slow to get its first step's bytes; its peers do not wait for it.
  models::PlanWriter plan(3);
  plan.next_step();
  plan.send(0, 1, Bytes(5'000'000));
  plan.next_step();
  plan.send(2, 1, Bytes(1000));
  plan.next_step();
  plan.send(1, 0, Bytes(1000));
  const auto outcome = run_plan(std::move(plan).take(), protocol(), small_machine());
  CHECK(microseconds(outcome.end) == Approx(2 + 50 + 0.2 + 1 + 0.2 + 1).epsilon(0.02));
}

TEST_CASE("an incast with credits keeps to the buffers of the links to a chip and takes as long")
{
  MachineSpec machine = small_machine();
  const auto asked = question(Operation::Incast, 32, Bytes(1'000'000));
  const auto endless = run_collective("direct", asked, protocol(), machine);
  machine.ub.flow_control = sim::fabric::FlowControl::Credits;
  const auto credits = run_collective("direct", asked, protocol(), machine);
  const auto buffer = static_cast<std::uint64_t>(machine.ub.buffer.count());
  CHECK(endless.peak_queue > buffer);
  // 16 dies, 4 CPUs and 16 L2 chips have a link each to the chip in front of the receiver.
  CHECK(credits.peak_queue <= (16 + 4 + 16) * buffer);
  CHECK(credits.emitted == 31'000'000);
  CHECK(credits.delivered == 31'000'000);
  CHECK(microseconds(credits.end) == Approx(microseconds(endless.end)).epsilon(0.02));
}

// One engine a process: no sections here.
TEST_CASE("packets and SimGrid's flows agree on a direct all-reduce of a large vector")
{
  check_on_flows("direct");
}

TEST_CASE("packets and SimGrid's flows agree on a ring all-reduce of a large vector")
{
  check_on_flows("ring");
}

TEST_CASE("ranks over RDMA are as fast as their adapters, and over VPC as the card that they share")
{
  const auto asked = question(Operation::AllGather, 16, Bytes(1'000'000));
  const auto time = [&](models::CardPlane plane) {
    const MachineSpec machine = on_cards(plane);
    return microseconds(run_collective("direct", asked, machine.die.protocols.front(), machine).end);
  };
  // 15 MB at 20 GB/s behind the launch and a post, 3 us on the way, and the flag's post.
  CHECK(time(models::CardPlane::Rdma) == Approx(2 + 1 + 750 + 3 + 1).epsilon(0.01));
  // 16 times as much at 40 GB/s: one node.
  CHECK(time(models::CardPlane::Vpc) == Approx(2 + 2 + 6000 + 20 + 2).epsilon(0.01));
}

TEST_CASE("messages over RDMA wait for their posts, not for the messages before them")
{
  const MachineSpec machine = on_cards(models::CardPlane::Rdma);
  const auto asked = question(Operation::AllToAll, 16, Bytes(400));
  // 15 posts of a microsecond; 400 bytes take 20 ns.
  CHECK(microseconds(run_collective("direct", asked, machine.die.protocols.front(), machine).end) ==
        Approx(2 + 15 + 0.02 + 3 + 1).epsilon(0.001));
}

TEST_CASE("a rank over RDMA that gets data waits for no acknowledgement")
{
  const MachineSpec machine = on_cards(models::CardPlane::Rdma);
  const auto outcome =
      run_collective("direct", question(Operation::Incast, 2, Bytes(4096)), machine.die.protocols.front(), machine);
  CHECK(microseconds(outcome.ends[0]) == Approx(2 + 1 + 0.2048 + 3 + 1).epsilon(0.001));
  CHECK(microseconds(outcome.ends[1]) == Approx(2 + 1 + 0.2048 + 3 + 3).epsilon(0.001));
}
