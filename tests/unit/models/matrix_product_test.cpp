#include "models/compute/matrix_product.h"
#include "tests/support/round_die.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::models;

namespace {

// 20 cores, 50 TFLOP/s in BF16 and 160 TOP/s in INT8 at the largest tile, 1 TB/s.
DieSpec tiled_die()
{
  DieSpec die = tests::round_die();
  die.compute.overlap_exponent = 100;
  die.tiles = {.smallest = 100, .doublings = 1, .half_bf16 = 0.5, .half_fp8 = 1, .half_int8 = 1};
  return die;
}

double time_us(std::int64_t m, std::int64_t n, std::int64_t k, NumberFormat format = NumberFormat::Bf16)
{
  return microseconds(matrix_product_time({m, n, k, format}, tiled_die()).time);
}

}  // namespace

TEST_CASE("a full wave of the largest tiles runs at the die's rate")
{
  // 20 tiles of 100 x 200: 2 * 2000 * 200 * 50000 operations.
  CHECK(time_us(2000, 200, 50000) == Approx(3 + 4e10 / 50e6).epsilon(0.001));
}

TEST_CASE("one row more than a full wave costs another wave")
{
  const TiledTime full = matrix_product_time({2000, 200, 50000}, tiled_die());
  const TiledTime more = matrix_product_time({2001, 200, 50000}, tiled_die());
  CHECK(full.waves == 1);
  CHECK(more.waves == 2);
  CHECK(microseconds(more.time) == Approx(3 + 2 * 800).epsilon(0.001));
}

TEST_CASE("a small product takes the small tile where that is worth its lower rate")
{
  // One tile of 100 x 200 or two of 100 x 100 side by side, at half the rate in BF16: as long. In INT8 at the full one.
  CHECK(time_us(100, 200, 1'000'000) == Approx(3 + 2e4 * 2e6 / 2.5e6).epsilon(0.001));
  CHECK(time_us(100, 200, 1'000'000, NumberFormat::Int8) == Approx(3 + 1e4 * 2e6 / 8e6).epsilon(0.001));
}

TEST_CASE("few rows are limited by reading the weights")
{
  const TiledTime one = matrix_product_time({1, 2000, 50000}, tiled_die());
  CHECK(one.memory_limits == false);
  const TiledTime wide = matrix_product_time({1, 2000, 50000, NumberFormat::Int8}, tiled_die());
  CHECK(wide.memory_limits == false);
  DieSpec slow = tiled_die();
  slow.hbm_bandwidth = BytesPerSecond(0.2e12);
  const TiledTime read = matrix_product_time({1, 2000, 50000}, slow);
  CHECK(read.memory_limits);
  CHECK(microseconds(read.time) == Approx(3 + (2e8 + 1e5 + 4e3) / 0.1e6).epsilon(0.001));
}
