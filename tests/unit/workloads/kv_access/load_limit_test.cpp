// Who limits a load, from the busy times of one read that is worked out by hand.
#include "tests/support/round_memory.h"
#include "workloads/kv_access/load_limit.h"
#include "workloads/live_machine/live_machine.h"

#include <catch2/catch.hpp>

#include <vector>

using namespace cm;
using namespace cm::workloads;

namespace {

// Die 0 moves one block of 1.5 MB from or to the memory of another endpoint, which keeps the meter's parts busy.
class OneBlock final : public AccessListener {
 public:
  explicit OneBlock(const models::MachineSpec& machine)
      : machine_(machine), supernode_(machine_.topology), live_(machine_, supernode_, 1)
  {
    runner_.tell(*this);
  }

  void move(models::Tier tier, std::uint32_t target, bool is_write)
  {
    const models::AccessPath path = models::tier_path(machine_, tier, is_write, models::Lookup::Resolved);
    runner_.start({.die = 0, .places = {{target, 0, Bytes(1'500'000)}}, .paths = {&path}});
    live_.plane().run(sim::calendar::Calendar::Never - 1);
  }

  void on_access(std::uint64_t /*tag*/, const AccessTimes& /*times*/) override {}

  [[nodiscard]] LimitMeter& meter() { return meter_; }

 private:
  models::MachineSpec machine_;
  topology::Supernode supernode_;
  LiveMachine live_;
  AccessRunner runner_{machine_, live_.plane(), live_.engines()};
  LimitMeter meter_{machine_, live_.network(), live_.plane().fabric(), runner_};
};

// Lanes, links and memories so wide that engines are the narrowest.
models::MachineSpec wide_machine()
{
  models::MachineSpec machine = tests::small_machine_with_memory();
  machine.topology.lane_bandwidth = 1000_GBps;
  machine.topology.uplink_bandwidth = 1000_GBps;
  machine.topology.cpu_bandwidth = 7000_GBps;
  machine.die.hbm_bandwidth = BytesPerSecond(1e15);
  machine.cpu.dram_bandwidth = BytesPerSecond(1e15);
  machine.ub.internode_cost = 0;
  return machine;
}

}  // namespace

TEST_CASE("a part that is busy for four fifths of the time limits the load, one that is less busy does not")
{
  OneBlock block(wide_machine());
  block.meter().begin();
  block.move(models::Tier::RemoteHbm, 2, false);
  // 1.5 MB into a read engine of 150 GB/s: 10 us.
  const LoadLimit binds = block.meter().limit(Picoseconds(12'490'000));
  CHECK(binds.name == "read engine of a die");
  CHECK(binds.busy == Approx(10 / 12.49));
  const LoadLimit idle = block.meter().limit(Picoseconds(12'510'000));
  CHECK(idle.name == "outstanding accesses");
  CHECK(idle.busy == Approx(10 / 12.51));
}

TEST_CASE("a write loads the writer's engine and the CPU that takes it")
{
  models::MachineSpec machine = wide_machine();
  machine.die.write_engine = 100_GBps;
  machine.cpu.remote_write = 60_GBps;
  OneBlock block(machine);
  block.meter().begin();
  block.move(models::Tier::LocalDram, 32, true);
  const LoadLimit slow_cpu = block.meter().limit(Picoseconds(25'000'000));
  CHECK(slow_cpu.name == "CPU port, taking writes");
  CHECK(slow_cpu.busy == Approx(1));
}

TEST_CASE("the write engine is kept busy longer by what goes to another node")
{
  models::MachineSpec machine = wide_machine();
  machine.die.write_engine = 100_GBps;
  machine.cpu.remote_write = 200_GBps;
  machine.ub.internode_cost = 0.02;
  OneBlock block(machine);
  block.meter().begin();
  block.move(models::Tier::RemoteDram, 33, true);
  const LoadLimit limit = block.meter().limit(Picoseconds(15'300'000));
  CHECK(limit.name == "write engine of a die");
  CHECK(limit.busy == Approx(1));
}

TEST_CASE("lanes limit where they are narrower than the engines")
{
  models::MachineSpec machine = wide_machine();
  machine.topology.lane_bandwidth = 10_GBps;
  OneBlock block(machine);
  block.meter().begin();
  block.move(models::Tier::RemoteHbm, 2, false);
  // 1.5 MB over seven lanes of 10 GB/s.
  const LoadLimit limit = block.meter().limit(Picoseconds(1'500'000'000 / 70));
  CHECK_THAT(limit.name, Catch::StartsWith("lanes of a die, "));
  CHECK(limit.busy == Approx(1).epsilon(0.001));
}

TEST_CASE("what ran before the meter began is not counted")
{
  OneBlock block(wide_machine());
  block.move(models::Tier::RemoteHbm, 2, false);
  block.meter().begin();
  CHECK(block.meter().limit(Picoseconds(1'000'000)).busy == 0);
}

TEST_CASE("a limit is told as a sentence with its share of the time")
{
  CHECK(limit_sentence({"read engine of a die", 0.974}) == "The load is limited by read engine of a die, 97 % busy.");
  CHECK(limit_sentence({"outstanding accesses", 0.3}) ==
        "Nothing of the machine limits the load, whose busiest part is 30 % busy: each reader waits for its "
        "outstanding accesses.");
}
