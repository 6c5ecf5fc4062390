#include "sim/config/unused_key.h"
#include "tests/support/round_memory.h"
#include "tests/unit/sim/temporary_folder.h"
#include "workloads/kv_access/kv_spec.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace cm;
using namespace cm::workloads;

namespace {

struct Reading {
  KvSpec spec;
  std::vector<std::string> problems;
};

Reading read(const std::string& keys, const models::MachineSpec& machine = tests::small_machine_with_memory())
{
  const sim::config::Value value = sim::config::parse_text("kv.yaml", "{kind: kv, " + keys + "}");
  sim::config::ReadingLog log;
  sim::config::Reader reader(value, "workload", log);
  Reading reading{read_kv(reader, machine), {}};
  reading.problems = log.problems;
  return reading;
}

KvSpec spec_of(const std::string& keys)
{
  const Reading reading = read(keys);
  REQUIRE(reading.problems.empty());
  return reading.spec;
}

std::string problem_of(const std::string& keys)
{
  const Reading reading = read(keys);
  REQUIRE(reading.problems.size() == 1);
  return reading.problems.front();
}

std::vector<std::string> unused_of(const std::string& keys)
{
  std::vector<std::string> paths;
  for (const sim::config::UnusedKey& key : unused_keys(spec_of(keys), tests::small_machine_with_memory()))
    if (key.may_be_set)
      paths.push_back(key.path);
  return paths;
}

bool has(const std::vector<std::string>& paths, const std::string& path)
{
  return std::ranges::find(paths, path) != paths.end();
}

}  // namespace

TEST_CASE("defaults follow the machine: every CPU is a home, and as many sharers as there are dies up to 32")
{
  const KvSpec dram = spec_of("block: 1 MiB");
  CHECK(dram.homes == 2);
  CHECK(dram.stripe == 2);
  CHECK(dram.blocks == 4096);
  CHECK(dram.sharers == 32);
  CHECK(dram.small == 512_B);
  const KvSpec hbm = spec_of("block: 1 MiB, pool: hbm");
  CHECK(hbm.homes == 32);
  CHECK(hbm.stripe == 8);
}

TEST_CASE("readers and writers are one die at least and all dies at most")
{
  CHECK(read("block: 1 MiB, readers: 30, writers: 2").problems.empty());
  CHECK_THAT(problem_of("block: 1 MiB, readers: 30, writers: 3"), Catch::Contains("found 33"));
  CHECK_THAT(problem_of("block: 1 MiB, readers: 0"), Catch::Contains("expected 1 to 32 readers and writers together"));
  CHECK(read("block: 1 MiB, readers: 0, writers: 1").problems.empty());
}

TEST_CASE("blocks fit the homes together and a block fits one of them, to the last byte")
{
  // Two CPUs of 64 GB each.
  CHECK(read("block: 64 GB, blocks: 2").problems.empty());
  CHECK_THAT(problem_of("block: 64 GB, blocks: 3"), Catch::Contains("workload.blocks: 3 blocks of 64 GB do not fit 2"));
  CHECK_THAT(problem_of("block: 64000000001 B, blocks: 1"), Catch::Contains("workload.block: expected a block that"));
  CHECK_THAT(problem_of("block: 64 GB, blocks: 2, homes: 1"), Catch::Contains("do not fit 1 homes"));
}

TEST_CASE("copies of hot blocks fit beside what a die reserves, are one block at least, and have no writers")
{
  const std::string lru = "block: 1 GB, blocks: 4, migration: {policy: lru, budget: ";
  // 64 GB less 3 GB.
  CHECK(read(lru + "61 GB}").problems.empty());
  CHECK_THAT(problem_of(lru + "61000000001 B}"), Catch::Contains("workload.migration: a budget of"));
  CHECK_THAT(problem_of(lru + "999 MB}"), Catch::Contains("expected a budget of at least one block (1 GB)"));
  CHECK_THAT(problem_of(lru + "1 GB}, write_share: 1 %"), Catch::Contains("expected immutable blocks"));
  CHECK_THAT(problem_of(lru + "1 GB}, writers: 1"), Catch::Contains("expected immutable blocks"));
  // Without copies the budget is nobody's.
  CHECK(read("block: 1 GB, blocks: 4, write_share: 1 %, migration: {budget: 1 B}").problems.empty());
}

TEST_CASE("compared numbers are whole where they count, finite and in their range")
{
  const KvSpec spec = spec_of("block: 1 MiB, compare: {readers: [1, 32], stripes: [2], write_shares: [0, 0.5, 1]}");
  CHECK(spec.compared_readers == std::vector<std::uint32_t>{1, 32});
  CHECK(spec.compared_stripes == std::vector<std::uint32_t>{2});
  CHECK(spec.compared_write_shares == std::vector<double>{0, 0.5, 1});
  CHECK_THAT(problem_of("block: 1 MiB, compare: {readers: [1.5]}"),
             Catch::Contains("expected whole numbers, found 1.5"));
  CHECK_THAT(problem_of("block: 1 MiB, compare: {readers: [33]}"), Catch::Contains("from 1 to 32"));
  CHECK_THAT(problem_of("block: 1 MiB, compare: {stripes: 2}"), Catch::Contains("expected a list of numbers"));
  for (const char* const text : {"1.1", "-0.1", "30 %", "nan", "inf", "half", "[0.1]"}) {
    INFO(text);
    CHECK_THAT(problem_of(std::string("block: 1 MiB, compare: {write_shares: [") + text + "]}"),
               Catch::Contains("compare.write_shares: expected a list of numbers from 0 to 1"));
  }
}

TEST_CASE("a trace of block numbers is read line by line and told with the line that is wrong")
{
  const tests::TemporaryFolder folder;
  const auto keys = [&](const std::string& lines) {
    return "block: 1 MiB, blocks: 10, popularity: trace, trace: " + folder.with("blocks.txt", lines);
  };
  CHECK(spec_of(keys("3\n9\n0\n")).trace == std::vector<std::uint64_t>{3, 9, 0});
  CHECK_THAT(problem_of(keys("3\n10\n")),
             Catch::Contains("blocks.txt:2:1: expected a block number below 10, found \"10\""));
  CHECK_THAT(problem_of(keys("3 \n")), Catch::Contains("found \"3 \""));
  CHECK_THAT(problem_of(keys("-1\n")), Catch::Contains("found \"-1\""));
  CHECK_THAT(problem_of(keys("")), Catch::Contains("expected block numbers, found none in"));
  CHECK_THAT(problem_of("block: 1 MiB, popularity: trace"), Catch::Contains("workload.trace: expected a file"));
}

TEST_CASE("a machine without memory is one problem")
{
  models::MachineSpec bare = tests::small_machine();
  const Reading reading = read("block: 1 MiB", bare);
  REQUIRE(reading.problems.size() == 1);
  CHECK_THAT(reading.problems.front(), Catch::Contains("workload.kind: expected a machine with memory"));
  // A machine that could not be read has no name and has been told.
  bare.name.clear();
  CHECK(read("block: 1 MiB", bare).problems.empty());
}

TEST_CASE("keys that other keys make idle may stand in a grid of settings")
{
  const auto plain = unused_of("block: 1 MiB");
  for (const char* const path :
       {"workload.zipf", "workload.trace", "workload.stripe", "workload.heads", "workload.migration.budget",
        "workload.coherence", "machine.die.hbm.capacity", "machine.memory.tiers.lookup.software",
        "machine.memory.tiers.lookup.switch_table", "machine.memory.tiers.coherence", "machine.memory.ladder.l2_cache",
        "machine.memory.ladder.cxl_memory", "machine.memory.tiers.loader"}) {
    INFO(path);
    CHECK(has(plain, path));
  }
  CHECK_FALSE(has(plain, "machine.cpu.dram.capacity"));
  CHECK(has(unused_of("block: 1 MiB, pool: hbm"), "machine.cpu.dram.capacity"));
  CHECK_FALSE(has(unused_of("block: 1 MiB, layout: stripe"), "workload.stripe"));
  CHECK_FALSE(has(unused_of("block: 1 MiB, layout: by-head"), "workload.heads"));
  CHECK_FALSE(has(unused_of("block: 1 MiB, popularity: zipf"), "workload.zipf"));
  CHECK(has(unused_of("block: 1 MiB, readers: 0, writers: 1"), "workload.write_share"));
  // A table in the switch is used by look-ups, and by a directory that lives there.
  const auto directory = unused_of("block: 1 MiB, compare: {write_shares: [0.5]}, coherence: {directory: switch}");
  CHECK_FALSE(has(directory, "machine.memory.tiers.lookup.switch_table"));
  CHECK_FALSE(has(directory, "workload.coherence"));
  CHECK_FALSE(has(unused_of("block: 1 MiB, compare: {paths: true}"), "machine.memory.ladder.cxl_memory"));
}
