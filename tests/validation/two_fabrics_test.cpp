// The packet fabric against SimGrid's own flow model. Where all sources send all the time and no two messages meet at a
// receiver for long, both must say the same: bytes over bandwidth and latency.
//
// Packets come out a little later, by a few packets whatever the size. Messages longer than a round of the lanes are
// cut into whole rounds, so that nothing is left over to pile up at a receiver; without that, 1 MiB between 4 ranks
// would be 2 to 4 % late. The two models differ altogether, and should, where order matters: an incast (flows share at
// once, a queue serves first come first served), bursts, and messages of few packets.
#include "sim/engine/engine.h"
#include "sim/random/random_stream.h"
#include "tests/support/fabric_run.h"
#include "tests/support/small_clos.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdio>
#include <numeric>

using namespace cm;
using sim::engine::Control;
using sim::engine::Engine;

namespace {

struct Demand {
  std::uint32_t from;
  std::uint32_t to;
  std::uint32_t bytes;
};

// In the order rank+1, rank+2, ... of every source.
std::vector<Demand> all_to_all(std::uint32_t ranks, std::uint32_t bytes)
{
  std::vector<Demand> demands;
  for (std::uint32_t rank = 0; rank < ranks; ++rank)
    for (std::uint32_t step = 1; step < ranks; ++step)
      demands.push_back({rank, (rank + step) % ranks, bytes});
  return demands;
}

// One cycle through all ranks in random order: nobody sends to itself.
std::vector<Demand> permutation(std::uint32_t ranks, std::uint32_t bytes, std::uint64_t seed)
{
  std::vector<std::uint32_t> cycle(ranks);
  std::iota(cycle.begin(), cycle.end(), 0U);
  sim::RandomStream random(seed, "permutation");
  for (std::uint32_t i = ranks; i-- > 1;)
    std::swap(cycle[i], cycle[random.below(i + 1)]);
  std::vector<Demand> demands;
  for (std::uint32_t i = 0; i < ranks; ++i)
    demands.push_back({cycle[i], cycle[(i + 1) % ranks], bytes});
  return demands;
}

// Until the last byte has arrived.
double packets_us(const tests::ClosSpec& clos, const std::vector<Demand>& demands, Bytes mtu)
{
  tests::FabricRun run(tests::small_clos(clos), {.mtu = mtu});
  const std::uint32_t endpoints = clos.groups * clos.endpoints_per_group;
  const auto inboxes = run.fabric().add_inboxes(endpoints);
  std::vector<std::vector<sim::fabric::Message>> messages(endpoints);
  std::vector<std::uint64_t> incoming(endpoints);
  for (const Demand& demand : demands) {
    messages[demand.from].push_back({demand.to, demand.bytes});
    incoming[demand.to] += demand.bytes;
  }
  for (std::uint32_t rank = 0; rank < endpoints; ++rank) {
    if (incoming[rank] > 0)
      run.fabric().expect(inboxes + rank, incoming[rank], 0, rank);
    run.start(tests::flow_to_inbox(rank, std::move(messages[rank]), inboxes));
  }
  return microseconds(Picoseconds(run.finish()));
}

double flows_us(const tests::ClosSpec& clos, const std::vector<Demand>& demands, std::uint32_t ranks)
{
  tests::FabricRun latency(tests::small_clos(clos));
  sim::engine::StarPlaneSpec star{.name = "ub", .endpoints = {}, .latency = Seconds(0)};
  star.latency = to_seconds(Picoseconds(latency.fabric().path_latency_ps(0, ranks - 1)));
  for (std::uint32_t rank = 0; rank < ranks; ++rank)
    star.endpoints.push_back({std::to_string(rank), 196_GBps, 196_GBps});
  Engine engine;
  const std::size_t plane = engine.add_plane(star);
  std::vector<Control::Transfer> transfers;
  transfers.reserve(demands.size());
  for (const Demand& demand : demands)
    transfers.push_back({demand.from, demand.to, Bytes(demand.bytes)});
  Seconds end;
  engine.spawn("all", [&](Control& control) { end = std::ranges::max(control.transfer_all(plane, transfers)); });
  engine.run();
  return microseconds(end);
}

struct Comparison {
  Bytes mtu = 8_KiB;
  double tolerance = 0.02;
};

void compare(std::uint32_t ranks, const std::vector<Demand>& demands, const Comparison& comparison = {})
{
  const tests::ClosSpec clos = tests::cloudmatrix_clos(std::max(2U, ranks / 16));
  const double packets = packets_us(clos, demands, comparison.mtu);
  const double flows = flows_us(clos, demands, ranks);
  std::printf("packets %.3f us, flows %.3f us, difference %+.2f %%\n", packets, flows, (packets / flows - 1) * 100);
  CHECK(packets == Approx(flows).epsilon(comparison.tolerance));
}

constexpr std::uint32_t MiB = 1024 * 1024;

}  // namespace

// One engine a process: no sections and no loops over engines here.
TEST_CASE("packets and flows agree on an all-to-all of 4 ranks with 1 MiB")
{
  compare(4, all_to_all(4, MiB), {.tolerance = 0.02});
}

TEST_CASE("packets of 4 KiB and flows agree on an all-to-all of 4 ranks with 1 MiB")
{
  compare(4, all_to_all(4, MiB), {.mtu = 4_KiB});
}

TEST_CASE("packets and flows agree on an all-to-all of 4 ranks with 4 MiB")
{
  compare(4, all_to_all(4, 4 * MiB));
}

TEST_CASE("packets and flows agree on an all-to-all of 8 ranks with 1 MiB")
{
  compare(8, all_to_all(8, MiB));
}

TEST_CASE("packets and flows agree on an all-to-all of 8 ranks with 4 MiB")
{
  compare(8, all_to_all(8, 4 * MiB));
}

TEST_CASE("packets and flows agree on an all-to-all of 16 ranks with 1 MiB")
{
  compare(16, all_to_all(16, MiB));
}

TEST_CASE("packets and flows agree on an all-to-all of 16 ranks with 4 MiB")
{
  compare(16, all_to_all(16, 4 * MiB));
}

TEST_CASE("packets and flows agree on an all-to-all of 32 ranks with 1 MiB")
{
  compare(32, all_to_all(32, MiB));
}

TEST_CASE("packets and flows agree on an all-to-all of 32 ranks with 4 MiB")
{
  compare(32, all_to_all(32, 4 * MiB));
}

TEST_CASE("packets and flows agree on a random permutation of 64 ranks")
{
  compare(64, permutation(64, 32 * MiB, 1));
}

TEST_CASE("packets and flows agree on another random permutation of 64 ranks")
{
  compare(64, permutation(64, 32 * MiB, 2));
}

TEST_CASE("packets and flows agree when every rank sends to the next node")
{
  std::vector<Demand> demands;
  for (std::uint32_t rank = 0; rank < 64; ++rank)
    demands.push_back({rank, (rank + 16) % 64, 32 * MiB});
  compare(64, demands);
}
