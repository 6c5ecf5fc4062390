#include "tests/support/deepseek_r1.h"
#include "tests/support/small_machine.h"
#include "workloads/prefill/prefill_time.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::workloads;

namespace {

models::ModelSpec short_model()
{
  models::ModelSpec model = tests::deepseek_r1();
  model.layers = 5;
  model.dense_layers = 1;
  return model;
}

PrefillDeployment deployment(models::Routing routing = models::Routing::Balanced)
{
  PrefillDeployment d;
  d.ranks = 32;
  d.routing = routing;
  d.sigma = 1.2;
  d.placement = models::PlacementRule::Contiguous;
  d.shared_copies = 32;
  d.batch_tokens = 262144;
  d.with_mtp = false;
  d.layers_simulated = 4;
  d.chunk = 256_KiB;
  return d;
}

PrefillTime time_of(const PrefillBatch& batch, const PrefillDeployment& d = deployment(), int microbatches = 1,
                    const models::MachineSpec& machine = tests::small_machine())
{
  const topology::Supernode supernode(machine.topology);
  return time_prefill_batch(d, microbatches, short_model(), machine, supernode, batch, 1);
}

PrefillBatch prompts(std::size_t count, std::int64_t length, std::int64_t cached = 0)
{
  return PrefillBatch(count, {length, cached});
}

models::MachineSpec without_fixed_costs()
{
  models::MachineSpec machine = tests::small_machine();
  machine.die.host = {};
  machine.die.compute.jitter = 0;
  return machine;
}

}  // namespace

TEST_CASE("equal batches take equal times, to the picosecond")
{
  CHECK(time_of(prompts(8, 1000)).device == time_of(prompts(8, 1000)).device);
}

TEST_CASE("twice the prompts take twice the time but for what is fixed")
{
  const models::MachineSpec machine = without_fixed_costs();
  const double once = time_of(prompts(16, 2048), deployment(), 1, machine).device.count();
  const double twice = time_of(prompts(32, 2048), deployment(), 1, machine).device.count();
  CHECK(twice / once == Approx(2).epsilon(0.05));
}

TEST_CASE("the same tokens in longer prompts take longer, by as much as attention grows")
{
  const models::MachineSpec machine = without_fixed_costs();
  const auto device = [&](std::size_t count, std::int64_t length) {
    return time_of(prompts(count, length), deployment(), 1, machine).device.count();
  };
  const double step1 = device(8, 8192) - device(16, 4096);
  const double step2 = device(4, 16384) - device(8, 8192);
  CHECK(step1 > 0);
  CHECK(step2 / step1 == Approx(2).epsilon(0.05));
}

TEST_CASE("cached tokens cost less than new ones and more than none")
{
  const double whole = time_of(prompts(16, 4096)).device.count();
  const double half = time_of(prompts(16, 2048, 2048)).device.count();
  const double without = time_of(prompts(16, 2048)).device.count();
  CHECK(half < whole);
  CHECK(half > without);
}

TEST_CASE("a batch has its turns of the host, whatever its tokens")
{
  const models::MachineSpec machine = tests::small_machine();
  const PrefillTime tiny = time_of(prompts(1, 32));
  // Four turns of 1 ms in each of the four MoE layers.
  CHECK(tiny.device.count() > 0.016);
  CHECK(tiny.total - tiny.device == machine.die.host.batch);
}

TEST_CASE("two microbatches hide what one exposes, and cost tiny batches their turns twice")
{
  CHECK(time_of(prompts(64, 4096), deployment(), 2).device < time_of(prompts(64, 4096)).device);
  CHECK(time_of(prompts(1, 64), deployment(), 2).device > time_of(prompts(1, 64)).device);
}

TEST_CASE("skewed experts are slower than balanced ones")
{
  const double balanced = time_of(prompts(32, 4096)).layer.count();
  CHECK(time_of(prompts(32, 4096), deployment(models::Routing::Skewed)).layer.count() > 1.1 * balanced);
}

TEST_CASE("a single token on 32 dies comes through")
{
  CHECK(time_of(prompts(1, 1, 100)).device.count() > 0);
  CHECK(time_of(prompts(1, 3), deployment(), 2).device.count() > 0);
}

TEST_CASE("layers that are left out take the mean of the others")
{
  PrefillDeployment half = deployment();
  half.layers_simulated = 2;
  CHECK(time_of(prompts(16, 2048), half).device.count() ==
        Approx(time_of(prompts(16, 2048)).device.count()).epsilon(0.02));
}

TEST_CASE("a prefill is faster when its network, its experts or its host takes no time")
{
  const auto with = [](const models::FreeParts& parts) {
    models::MachineSpec machine = tests::small_machine();
    models::set_free(parts, machine);
    return time_of(prompts(8, 1000), deployment(models::Routing::Skewed), 1, machine).layer;
  };
  const Seconds whole = with({});
  CHECK(with({.network = true}) < with({.queueing = true}));
  CHECK(with({.queueing = true}) < whole);
  CHECK(with({.experts = true}) < whole);
  CHECK(with({.host = true}) < whole);
  CHECK(with({.network = true, .experts = true, .host = true}) < with({.host = true}));
}
