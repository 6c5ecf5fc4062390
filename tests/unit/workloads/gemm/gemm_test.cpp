// One product of matrices, worked out by hand: 20 tiles of 100 x 100 on 20 cores at 50 TFLOP/s, 1 TB/s of memory.
#include "sim/config/unused_key.h"
#include "tests/support/metric_table.h"
#include "tests/support/result_values.h"
#include "tests/support/round_die.h"
#include "workloads/gemm/gemm.h"
#include "workloads/gemm/gemm_metric_table.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace cm;
using namespace cm::workloads;
using models::NumberFormat;

namespace {

models::MachineSpec tiled_machine()
{
  models::MachineSpec machine;
  machine.die = tests::round_die();
  // Arithmetic and memory take their times one after the other.
  machine.die.compute.overlap_exponent = 1;
  machine.die.tiles = {.smallest = 100, .doublings = 0, .half_bf16 = 1, .half_fp8 = 1, .half_int8 = 1};
  return machine;
}

sim::metrics::Result run(const GemmSpec& spec, const models::MachineSpec& machine)
{
  sim::metrics::Result result;
  run_gemm(spec, machine, result);
  return result;
}

std::vector<std::string> problems_of(const std::string& keys, const models::MachineSpec& machine)
{
  const sim::config::Value value = sim::config::parse_text("gemm.yaml", "{kind: gemm, " + keys + "}");
  sim::config::ReadingLog log;
  sim::config::Reader reader(value, "workload", log);
  read_gemm(reader, machine);
  return log.problems;
}

bool is_unused(const std::vector<sim::config::UnusedKey>& keys, const std::string& path)
{
  return std::ranges::find(keys, path, &sim::config::UnusedKey::path) != keys.end();
}

}  // namespace

TEST_CASE("a product takes launch, waves and memory, and its rate counts only operations of the result")
{
  // 2 x 200 x 1000 x 1000 operations in 8 us; 2.4 MB of factors and 0.4 MB of result in 2.8 us; 3 us of launch.
  const auto full = run({200, 1000, 1000}, tiled_machine());
  CHECK(tests::metric_of(full, "time_us") == Approx(13.8));
  CHECK(tests::metric_of(full, "tflops") == Approx(400 / 13.8));
  CHECK(tests::metric_of(full, "waves") == 1);
  CHECK(full.answer.limit ==
        "Arithmetic limits: the product runs at 29.0 % of the die's peak rate, in 1 rounds of tiles.");
  // One row more is a second wave, of which ten tiles are computed and one row of them counts.
  const auto more = run({201, 1000, 1000}, tiled_machine());
  CHECK(tests::metric_of(more, "time_us") == Approx(3 + 16 + 2.804));
  CHECK(tests::metric_of(more, "tflops") == Approx(402 / 21.804));
  CHECK(tests::metric_of(more, "waves") == 2);
}

TEST_CASE("a product that reads more than it computes is limited by memory")
{
  models::MachineSpec machine = tiled_machine();
  machine.die.hbm_bandwidth = BytesPerSecond(0.2e12);
  const auto result = run({200, 1000, 1000}, machine);
  CHECK(tests::metric_of(result, "time_us") == Approx(3 + 8 + 28));
  CHECK_THAT(result.answer.limit, Catch::StartsWith("Memory limits: "));
}

TEST_CASE("a gemm reports its table of metrics and nothing else")
{
  const auto result = run({200, 1000, 1000}, tiled_machine());
  CHECK(tests::differences(GemmMetrics.rows, result).empty());
  CHECK(tests::faults(GemmMetrics.rows).empty());
  CHECK(tests::missing(GemmHeadline, result).empty());
}

TEST_CASE("factors and result fit the HBM of a die to the last byte")
{
  models::MachineSpec machine = tiled_machine();
  machine.die.hbm_capacity = Bytes(2'800'000);
  CHECK(problems_of("m: 200, n: 1000, k: 1000", machine).empty());
  machine.die.hbm_capacity = Bytes(2'799'999);
  const auto problems = problems_of("m: 200, n: 1000, k: 1000", machine);
  REQUIRE(problems.size() == 1);
  CHECK_THAT(problems.front(), Catch::Contains("workload.m: expected factors and a result that fit the HBM of a die"));
  // Factors of one byte an element.
  machine.die.hbm_capacity = Bytes(1'600'000);
  CHECK(problems_of("m: 200, n: 1000, k: 1000, format: int8", machine).empty());
}

TEST_CASE("a die without tiles or without the format is told, and both at once")
{
  models::MachineSpec machine = tiled_machine();
  machine.die.tiles = {};
  const auto problems = problems_of("m: 1, n: 1, k: 1, format: fp8", machine);
  REQUIRE(problems.size() == 2);
  CHECK_THAT(problems[0], Catch::Contains("machine.die.tiles"));
  CHECK_THAT(problems[1], Catch::Contains("workload.format: expected bf16 or int8"));
}

TEST_CASE("a product uses the numbers of its own format alone")
{
  const auto keys = unused_keys(GemmSpec{1, 1, 1, NumberFormat::Int8});
  CHECK(keys.size() == 6);
  for (const char* const path :
       {"machine.die.peak_bf16", "machine.die.compute.bf16_gemm", "machine.die.tiles.half_bf16", "machine.die.peak_fp8",
        "machine.die.compute.fp8_gemm", "machine.die.tiles.half_fp8"}) {
    INFO(path);
    CHECK(is_unused(keys, path));
  }
  // Whoever sets one of them is told: a run of this format would not change.
  CHECK(std::ranges::none_of(keys, &sim::config::UnusedKey::may_be_set));
}
