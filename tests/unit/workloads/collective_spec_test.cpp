#include "tests/support/small_machine.h"
#include "workloads/collective/collective_spec.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

using namespace cm;
using namespace cm::workloads;
using models::Operation;

namespace {

struct Reading {
  CollectiveSpec spec;
  std::vector<std::string> problems;
};

Reading read(const std::string& keys, models::MachineSpec machine = tests::small_machine())
{
  const sim::config::Value value = sim::config::parse_text("s.yaml", "{kind: collective, " + keys + "}");
  sim::config::ReadingLog log;
  sim::config::Reader reader(value, "workload", log);
  Reading reading;
  reading.spec = read_collective(reader, machine);
  reading.problems = log.problems;
  return reading;
}

void check_refused(const std::string& keys, const std::string& why,
                   const models::MachineSpec& machine = tests::small_machine())
{
  INFO(keys);
  const auto problems = read(keys, machine).problems;
  REQUIRE(problems.size() == 1);
  CHECK_THAT(problems.front(), Catch::StartsWith("s.yaml:1:") && Catch::Contains(why));
}

}  // namespace

TEST_CASE("a collective is read with its defaults")
{
  const Reading reading = read("ranks: 32, operation: all-gather, bytes: 2 MiB");
  CHECK(reading.problems.empty());
  CHECK(reading.spec.question ==
        models::CollectiveQuestion{
            .operation = Operation::AllGather, .ranks = 32, .ranks_per_group = 16, .bytes = 2_MiB, .hot_factor = 1});
  CHECK(reading.spec.algorithm == "auto");
  CHECK(reading.spec.protocol == "auto");
}

TEST_CASE("bytes of an all-to-all are those of all pairs")
{
  CHECK(read("ranks: 16, operation: all-to-all, bytes: 1600 B").spec.question.bytes == 100_B);
  CHECK(read("ranks: 16, operation: all-to-all, bytes_per_pair: 1600 B, hot_factor: 4").spec.question.bytes == 1600_B);
}

TEST_CASE("what cannot be asked is refused with its reason")
{
  const std::string good = "ranks: 16, operation: all-gather, bytes: 1 KiB";
  check_refused("ranks: 16, operation: all-gatter, bytes: 1 KiB", "did you mean \"all-gather\"?");
  check_refused(good + ", algorithm: rind", "did you mean \"ring\"?");
  check_refused(good + ", protocol: sdna", "did you mean \"sdma\"?");
  check_refused(good + ", algorithm: hierarchical", "two or more whole nodes of 16 ranks, found 16 ranks");
  check_refused(good + ", bytes_per_pair: 1 KiB", "expected one of bytes and bytes_per_pair, found both");
  check_refused("ranks: 16, operation: all-gather", "expected one of bytes and bytes_per_pair, found neither");
  check_refused("ranks: 16, operation: all-reduce, bytes_per_pair: 1 KiB", "all-reduce takes bytes");
  check_refused("ranks: 16, operation: all-to-all, bytes: 15 B", "at least a byte for each of 16 ranks");
  check_refused(good + ", hot_factor: 2", "all-gather has no share to be hot");
  check_refused("ranks: 33, operation: incast, bytes: 1 KiB", "33 ranks need 33 dies, but the machine has 32");
  check_refused("ranks: 16, operation: incast, algorithm: ring, bytes: 1 KiB", "incast runs direct only");
  check_refused("ranks: 16, operation: broadcast, algorithm: pairwise, bytes: 1 KiB",
                "broadcast runs direct, ring or hierarchical");
  check_refused(good + ", hot_facter: 2", "did you mean \"hot_factor\"");
}

TEST_CASE("a machine whose die has no protocols is refused")
{
  models::MachineSpec machine = tests::small_machine();
  machine.die.protocols.clear();
  check_refused("ranks: 16, operation: incast, bytes: 1 KiB", "machine.die.collectives", machine);
}

TEST_CASE("the flow model takes few ranks")
{
  models::MachineSpec machine = tests::small_machine();
  machine.topology.nodes = 16;
  machine.ub.model = models::UbModel::Flow;
  CHECK(read("ranks: 128, operation: incast, bytes: 1 KiB", machine).problems.empty());
  check_refused("ranks: 129, operation: incast, bytes: 1 KiB", "machine.ub.model: flow takes at most 128 ranks",
                machine);
}

TEST_CASE("a collective on a machine whose sub-planes go by experts sprays, and notes that they do not")
{
  models::MachineSpec machine = tests::small_machine();
  machine.ub.lane_choice = sim::fabric::LaneChoice::ByMessage;
  const sim::config::Value value =
      sim::config::parse_text("s.yaml", "{kind: collective, ranks: 16, operation: all-gather, bytes: 1 KiB}");
  sim::config::ReadingLog log;
  sim::config::Reader reader(value, "workload", log);
  const CollectiveSpec spec = read_collective(reader, machine);
  CHECK(log.problems.empty());
  CHECK(machine.ub.lane_choice == sim::fabric::LaneChoice::Spray);
  const auto is_policy = [](const sim::config::UnusedKey& key) { return key.path == "machine.ub.sub_plane_choice"; };
  CHECK(std::ranges::count_if(unused_keys(spec, machine), is_policy) == 1);
  const CollectiveSpec sprays = read("ranks: 16, operation: all-gather, bytes: 1 KiB").spec;
  CHECK(std::ranges::count_if(unused_keys(sprays, machine), is_policy) == 0);
}
