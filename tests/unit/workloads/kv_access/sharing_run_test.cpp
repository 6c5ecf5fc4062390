// Shared lines on one node, whose ways all take 200 ns: every access is added up here from messages, directory and
// memory.
#include "tests/support/result_values.h"
#include "tests/support/round_memory.h"
#include "workloads/kv_access/sharing_run.h"
#include "workloads/live_machine/live_machine.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::workloads;

namespace {

// Lanes of 50 ps a byte.
models::MachineSpec one_node()
{
  models::MachineSpec machine = tests::small_machine_with_memory();
  machine.topology.nodes = 1;
  machine.topology.lane_bandwidth = 20_GBps;
  machine.topology.cpu_bandwidth = 140_GBps;
  return machine;
}

SharingResult run(const SharingSetup& setup)
{
  const models::MachineSpec machine = one_node();
  const topology::Supernode supernode(machine.topology);
  LiveMachine live(machine, supernode, 1);
  SharingRun sharing(setup, machine, live.plane(), 1, 0);
  live.run_alone(sharing);
  return sharing.result();
}

constexpr std::int64_t Control = 20 * 50 + 200'000;  // a message of 20 bytes
constexpr std::int64_t Line = 64 * 50 + 200'000;
constexpr std::int64_t Issue = 600'000 - 80'000;  // translation and endpoint: a CPU's base without its memory
constexpr std::int64_t Lookup = 80'000;           // of the directory, in DRAM
constexpr std::int64_t Memory = 80'000;
constexpr std::int64_t Snoop = 50'000;
constexpr std::int64_t Hit = 10'000 + 5'000;
constexpr std::int64_t FromMemory = Issue + Control + Lookup + Memory + Line;

}  // namespace

TEST_CASE("a line is fetched once and hit afterwards, also by its first write")
{
  const SharingResult reads = run({.sharers = 1, .lines = 1, .accesses = 3});
  CHECK(tests::most_ps(reads.reads) == FromMemory);
  CHECK(tests::sum_ps(reads.reads) == FromMemory + 2 * Hit);
  CHECK(reads.requests == 1);
  CHECK(reads.messages == 2);
  const SharingResult writes = run({.sharers = 1, .lines = 1, .accesses = 3, .write_share = 1});
  CHECK(tests::sum_ps(writes.writes) == FromMemory + 2 * Hit);
  CHECK(writes.reads.count() == 0);
}

TEST_CASE("a second reader waits for the first and gets the line from it")
{
  const SharingResult result = run({.sharers = 2, .lines = 1, .accesses = 1});
  CHECK(result.requests == 2);
  CHECK(result.conflicts == 1);
  CHECK(result.invalidations == 0);
  CHECK(tests::least_ps(result.reads) == FromMemory);
  // Look-up, request to the owner, its snoop and the line, all after the first has ended.
  CHECK(tests::most_ps(result.reads) == FromMemory + Lookup + Control + Snoop + Line);
  // Request and line; request, question to the owner, and line.
  CHECK(result.messages == 2 + 3);
}

TEST_CASE("a second writer gets the line from the first one, whose copy is invalidated and not written back")
{
  const SharingResult result = run({.sharers = 2, .lines = 1, .accesses = 1, .write_share = 1});
  CHECK(result.invalidations == 1);
  CHECK(result.messages == 2 + 3);
  CHECK(tests::least_ps(result.writes) == FromMemory);
  CHECK(tests::most_ps(result.writes) == FromMemory + Lookup + Control + Snoop + Line);
}

TEST_CASE("a directory in a switch looks up without memory")
{
  const SharingResult result = run({.directory = DirectoryHome::Switch, .sharers = 1, .lines = 1, .accesses = 1});
  CHECK(tests::sum_ps(result.reads) == FromMemory - Lookup + 50'000);
}

TEST_CASE("immutable blocks are read from memory once, without a directory, and a write takes its data along")
{
  const SharingResult reads = run({.is_coherent = false, .sharers = 2, .lines = 1, .accesses = 2});
  CHECK(reads.requests == 0);
  CHECK(reads.conflicts == 0);
  CHECK(tests::least_ps(reads.reads) == Hit);
  CHECK(reads.messages == 4);
  const SharingResult writes = run({.is_coherent = false, .sharers = 1, .lines = 1, .accesses = 2, .write_share = 1});
  // A write is never a hit: data there, memory, acknowledgement back, with what a write costs more.
  CHECK(tests::least_ps(writes.writes) == Issue + 100'000 + Line + Memory + Control);
  CHECK(tests::most_ps(writes.writes) == tests::least_ps(writes.writes));
  CHECK(writes.invalidations == 0);
}

TEST_CASE("all accesses of all sharers are made")
{
  const SharingResult result = run({.sharers = 7, .lines = 3, .accesses = 20, .write_share = 0.3});
  CHECK(result.accesses() == 140);
  CHECK(result.writes.count() > 20);
  CHECK(result.reads.count() > 60);
  CHECK(result.conflicts <= result.requests);
}
