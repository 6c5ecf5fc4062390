#include "models/compute/stage_use.h"
#include "tests/support/round_die.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::models;

namespace {

double cell(const sim::metrics::Table& table, std::size_t row, std::size_t column)
{
  return std::get<double>(table.rows.at(row).cells.at(column));
}

}  // namespace

TEST_CASE("an operator uses the cube cores' peak by its FLOPs and holds the cores that it was given")
{
  const DieSpec die = tests::round_die();
  // 200e12 FLOPS in INT8: 400e6 FLOPs are 2 us at the peak. On half the cores, without a fixed cost, at 80 % of the
  // peak and with a fifth that does not shrink, they take 2.5 us * (0.2 + 0.8 * 2).
  const StageWork work =
      work_of({.name = "op", .unit = Unit::Int8Gemm, .work = Flops(400e6), .traffic = Bytes(0), .static_costs = 0}, die,
              {10, 20});
  CHECK(work.cube_at_peak.count() == Approx(2e-6));
  CHECK(work.cube_core_seconds == Approx(10 * 4.5e-6));
  CHECK(work.vector_core_seconds == 0);
  const StageWork vectors =
      work_of({.name = "op", .unit = Unit::Vector, .traffic = Bytes(1'000'000), .static_costs = 0}, die, {0, 8});
  CHECK(vectors.vector_core_seconds == Approx(40 * 1e-6));
  CHECK(vectors.memory_bytes == 1e6);
  CHECK(vectors.cube_at_peak.count() == 0);
}

TEST_CASE("use is work over the peak for the time of the stage")
{
  const DieSpec die = tests::round_die();
  const StageWork work{.cube_at_peak = 2_us,
                       .cube_core_seconds = 10 * 5e-6,
                       .vector_core_seconds = 40 * 8e-6,
                       .memory_bytes = 4e6,
                       .sent_bytes = 1e6,
                       .received_bytes = 0.5e6};
  const auto table =
      use_per_stage({{"attention", 10_us, work}, {"never", Seconds(0), work}}, 25_us, 2, die, BytesPerSecond(200e9));
  REQUIRE(table.rows.size() == 2);
  CHECK(table.rows[0].label == "attention");
  CHECK(cell(table, 0, 0) == Approx(10));
  CHECK(cell(table, 0, 1) == Approx(20));  // of the cubes' peak
  CHECK(cell(table, 0, 2) == Approx(25));  // 10 of 20 cores for half the time
  CHECK(cell(table, 0, 3) == Approx(80));
  CHECK(cell(table, 0, 4) == Approx(20));  // 4 MB at 2 TB/s take 2 us
  CHECK(cell(table, 0, 5) == Approx(50));  // 1 MB at 200 GB/s takes 5 us
  CHECK(cell(table, 0, 6) == Approx(25));
  // Two microbatches go through the layer in 25 us.
  CHECK(table.rows[1].label == "whole layer");
  CHECK(cell(table, 1, 1) == Approx(16));
}
