// A load of reads from the die's own memory, which meet nobody: its span, rate and copies by hand.
#include "tests/support/round_memory.h"
#include "workloads/kv_access/load_run.h"
#include "workloads/live_machine/live_machine.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::workloads;

namespace {

// One die reads blocks of one page from the only home, itself.
KvSpec own_blocks()
{
  KvSpec spec;
  spec.block = 2_MiB;
  spec.pool = Pool::Hbm;
  spec.accesses = 4;
  spec.small = 512_B;
  return spec;
}

// A block in one piece.
models::MachineSpec machine()
{
  models::MachineSpec machine = tests::small_machine_with_memory();
  machine.memory->transfer = {.chunk = 2_MiB, .window = 1, .served = 1};
  return machine;
}

LoadResult run(const KvSpec& spec, const models::MachineSpec& machine)
{
  const topology::Supernode supernode(machine.topology);
  LiveMachine live(machine, supernode, 1);
  AccessRunner runner(machine, live.plane(), live.engines());
  LoadRun load(spec, machine, live.plane(), runner, 1, 0);
  load.start();
  live.plane().run(sim::calendar::Calendar::Never - 1);
  return load.result();
}

// Translation, memory and 2 MiB at 1 TB/s.
constexpr std::int64_t Read = 10'000 + 60'000 + 2'097'152;
constexpr std::int64_t Walk = 3 * 60'000;

}  // namespace

TEST_CASE("accesses of a die that has one under way follow each other")
{
  const LoadResult result = run(own_blocks(), machine());
  CHECK(result.access.count() == 4);
  CHECK(result.span == Picoseconds(4 * Read + Walk));
  CHECK(result.bytes == 4 * 2'097'152);
  CHECK(result.bandwidth_gb_s() == Approx(4 * 2097.152e3 / (4 * Read + Walk) * 1e3));
  REQUIRE(result.tiers.size() == 1);
  CHECK(result.tiers.begin()->first == models::Tier::Hbm);
}

TEST_CASE("a die never has more accesses under way than it was given, nor makes more")
{
  KvSpec spec = own_blocks();
  spec.outstanding = 9;
  const LoadResult result = run(spec, machine());
  CHECK(result.access.count() == 4);
  // All four share the memory, which takes them one after the other: three channels' times behind the first.
  CHECK(result.span < Picoseconds(4 * Read + Walk));
}

TEST_CASE("a read that finds a copy is counted, and a write never makes one")
{
  KvSpec spec = own_blocks();
  spec.migration = models::Migration::Lru;
  spec.migration_budget = 4_MiB;
  const LoadResult reads = run(spec, machine());
  CHECK(reads.copies_made == 1);
  CHECK(reads.copies_read == 3);
  spec.write_share = 1;
  const LoadResult writes = run(spec, machine());
  CHECK(writes.copies_made == 0);
  CHECK(writes.copies_read == 0);
}

TEST_CASE("a load of no time has no bandwidth")
{
  CHECK(LoadResult().bandwidth_gb_s() == 0);
}
