#include "models/memory/memory_tier.h"
#include "tests/support/small_machine.h"

#include <catch2/catch.hpp>

#include <string>

using namespace cm;
using namespace cm::models;
using namespace cm::sim::config;

namespace {

// The shipped files, as the machine file puts them together; `changes` is YAML laid over it.
Value memory_with(const std::string& changes = {})
{
  Value memory = parse_text("memory.yaml", "{tiers: {}, ladder: {}, paths: {}}");
  const std::string parts = CM_SOURCE_DIR "/configs/parts/";
  *memory.find("tiers") = load_file(parts + "memory-cloudmatrix384.yaml");
  *memory.find("ladder") = load_file(parts + "latency-ladder.yaml");
  *memory.find("paths") = load_file(parts + "access-paths.yaml");
  if (!changes.empty())
    merge(memory, parse_text("changes.yaml", changes));
  return memory;
}

MachineSpec machine_with_memory()
{
  const Value value = memory_with();
  ReadingLog log;
  Reader reader(value, "machine.memory", log);
  MachineSpec machine = tests::small_machine();
  machine.memory = read_memory(reader);
  REQUIRE(log.problems.empty());
  return machine;
}

std::string problems_of(const std::string& changes)
{
  const Value value = memory_with(changes);
  ReadingLog log;
  Reader reader(value, "machine.memory", log);
  read_memory(reader);
  std::string all;
  for (const std::string& problem : log.problems)
    all += problem + "\n";
  return all;
}

}  // namespace

TEST_CASE("every memory of the machine is a tier of a die, by where it stands")
{
  const auto machine = tests::small_machine().topology;
  CHECK(tier_of(machine, 3, 3) == Tier::Hbm);
  CHECK(tier_of(machine, 3, 2) == Tier::CrossDieHbm);
  CHECK(tier_of(machine, 3, 4) == Tier::RemoteHbm);
  CHECK(tier_of(machine, 3, 20) == Tier::RemoteHbm);
  CHECK(tier_of(machine, 3, 32) == Tier::LocalDram);
  CHECK(tier_of(machine, 3, 35) == Tier::LocalDram);
  CHECK(tier_of(machine, 3, 36) == Tier::RemoteDram);
  CHECK(tier_of(machine, 20, 36) == Tier::LocalDram);
}

TEST_CASE("the nearest place of a tier is of that tier, and storage hangs on no endpoint")
{
  const auto machine = tests::small_machine().topology;
  for (const Tier tier : {Tier::Hbm, Tier::CrossDieHbm, Tier::RemoteHbm, Tier::LocalDram, Tier::RemoteDram})
    for (std::uint32_t die = 0; die < machine.dies(); ++die) {
      const auto target = nearest_target(machine, die, tier);
      REQUIRE(target);
      CHECK(tier_of(machine, die, *target) == tier);
    }
  CHECK_FALSE(nearest_target(machine, 0, Tier::Ssd));
  CHECK(node_of_endpoint(machine, *nearest_target(machine, 0, Tier::RemoteHbm)) == 1);
  auto one_node = machine;
  one_node.nodes = 1;
  CHECK_FALSE(nearest_target(one_node, 0, Tier::RemoteDram));
}

TEST_CASE("translation, device and endpoint together are the published base latency")
{
  const MachineSpec machine = machine_with_memory();
  const Seconds hit = machine.memory->translation.hit;
  CHECK((endpoint_time(machine, true, false) + hit + tier_spec(machine, Tier::RemoteHbm).latency).count() ==
        Approx(machine.ub.access.npu_base.count()));
  CHECK((endpoint_time(machine, false, true) + hit + tier_spec(machine, Tier::RemoteDram).latency).count() ==
        Approx((machine.ub.access.cpu_base + machine.ub.access.write_extra).count()));
}

TEST_CASE("wrong tiers are reported with their place and all at once")
{
  const std::string problems = problems_of("tiers: {ssd: {capacity: 0 GB}, dram: {channels: 0},\n"
                                           "  object_stor: {}, translation: {page: 3}}\n"
                                           "ladder: {dram: -80 ns}\n");
  CHECK_THAT(problems, Catch::Contains("changes.yaml:1:25: machine.memory.tiers.ssd.capacity"));
  CHECK_THAT(problems, Catch::Contains("changes.yaml:1:49: machine.memory.tiers.dram.channels"));
  CHECK_THAT(problems, Catch::Contains("machine.memory.tiers.object_stor") && Catch::Contains("object_store"));
  CHECK_THAT(problems, Catch::Contains("changes.yaml:2:40: machine.memory.tiers.translation.page"));
  CHECK_THAT(problems, Catch::Contains("changes.yaml:3:16: machine.memory.ladder.dram"));
}
