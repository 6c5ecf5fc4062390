#include "tests/support/small_machine.h"
#include "workloads/model_load/model_load.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::workloads;

namespace {

// A bucket of 1 GB/s and NPUs that load 10 GB/s.
models::MachineSpec machine_with_bucket()
{
  models::MachineSpec machine = tests::small_machine();
  machine.memory.emplace();
  machine.memory->object_store.bandwidth = 1_GBps;
  machine.memory->loader = 10_GBps;
  return machine;
}

// Two instances of one NPU. A cache has room for `room` models of 1 GB.
sim::metrics::Result switching(std::uint32_t models, std::int64_t room)
{
  const ModelLoadSpec spec{.model = Bytes(1'000'000'000),
                           .instances = 2,
                           .models = models,
                           .local_dram = Bytes(1'000'000'000) * room,
                           .pool = Bytes(1'000'000'000) * room,
                           .switches = 1000};
  sim::metrics::Result result;
  run_model_load(spec, machine_with_bucket(), 1, result);
  return result;
}

double value(const sim::metrics::Result& result, const char* metric)
{
  const sim::metrics::Metric* const found = result.find(metric);
  REQUIRE(found != nullptr);
  return found->value;
}

}  // namespace

TEST_CASE("a cache with room for all models has the model at every switch that is counted")
{
  const auto result = switching(3, 3);
  CHECK(value(result, "no_cache_switch_hits") == 0);
  CHECK(value(result, "local_dram_switch_hits") == 1);
  CHECK(value(result, "ems_switch_hits") == 1);
}

TEST_CASE("a cache has as large a share of evenly drawn models as it has room for")
{
  const auto result = switching(4, 2);
  CHECK(value(result, "local_dram_switch_hits") == Approx(0.5).margin(0.05));
  CHECK(value(result, "ems_switch_hits") == Approx(0.5).margin(0.05));
}
