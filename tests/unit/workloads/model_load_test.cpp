#include "tests/support/metric_table.h"
#include "tests/support/small_machine.h"
#include "workloads/model_load/model_load.h"
#include "workloads/model_load/model_load_metric_table.h"

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

namespace {

// Two instances of one NPU load 1 GB each from a bucket of 1 GB/s into NPUs that take 10 GB/s.
sim::metrics::Result starting(int pieces)
{
  models::MachineSpec machine = machine_with_bucket();
  machine.memory->object_store.software = 50_us;
  machine.memory->ladder.disk = 10.0_ms;
  machine.vpc.latency = 5_us;
  const ModelLoadSpec spec{.model = Bytes(1'000'000'000),
                           .instances = 2,
                           .models = 2,
                           .local_dram = Bytes(1'000'000'000),
                           .pool = Bytes(2'000'000'000),
                           .switches = 10,
                           .pieces = pieces};
  sim::metrics::Result result;
  run_model_load(spec, machine, 1, result);
  return result;
}

constexpr double FirstByte = 0.010055;  // seconds

}  // namespace

TEST_CASE("instances without a pool share the bucket, a pool loads once, and caches start at the rate of the NPUs")
{
  const auto result = starting(1);
  // In one piece nothing overlaps: from the bucket, then into the NPUs.
  CHECK(value(result, "no_cache_cold_s") == Approx(FirstByte + 2 + 0.1));
  CHECK(value(result, "local_dram_cold_s") == Approx(FirstByte + 2 + 0.1));
  CHECK(value(result, "ems_cold_s") == Approx(FirstByte + 1 + 0.1));
  CHECK(value(result, "local_dram_warm_s") == Approx(0.1));
  CHECK(value(result, "ems_warm_s") == Approx(0.1));
  CHECK(value(result, "no_cache_dram") == 0);
  CHECK(value(result, "local_dram_dram") == 2);
  CHECK(value(result, "ems_dram") == 1);
  // The pool has room for both models: one alone, warm. Without a cache: one alone, from the bucket.
  CHECK(value(result, "ems_switch_s") == Approx(0.1));
  CHECK(value(result, "no_cache_switch_s") == Approx(FirstByte + 1 + 0.1));
}

TEST_CASE("a piece goes into the NPUs while the next one comes")
{
  const auto result = starting(4);
  CHECK(value(result, "no_cache_cold_s") == Approx(FirstByte + 2 + 0.025));
  CHECK(value(result, "ems_cold_s") == Approx(FirstByte + 1 + 0.025));
}

TEST_CASE("a start reports its table of metrics and nothing else")
{
  const auto result = starting(1);
  CHECK(tests::differences(ModelLoadMetrics.rows, result).empty());
  CHECK(tests::faults(ModelLoadMetrics.rows).empty());
  CHECK(tests::missing(ModelLoadHeadline, result).empty());
  // Without a cache there is nothing to start warm from.
  CHECK(result.find("no_cache_warm_s") == nullptr);
}
