#include "models/compute/matrix_product.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>
#include <cmath>

namespace cm::models {
namespace {

constexpr std::int64_t ResultBytes = 2;

struct Arithmetic {
  FlopsPerSecond rate;  // the whole die at its largest tile
  double half = 1;      // TileSpec::half_*
};

Arithmetic arithmetic_of(NumberFormat format, const DieSpec& die)
{
  switch (format) {
  case NumberFormat::Fp8: return {die.peak_fp8 * die.compute.fp8_gemm, die.tiles.half_fp8};
  case NumberFormat::Int8: return {die.peak_int8 * die.compute.int8_gemm, die.tiles.half_int8};
  case NumberFormat::Bf16: break;
  }
  return {die.peak_bf16 * die.compute.bf16_gemm, die.tiles.half_bf16};
}

std::int64_t pieces(std::int64_t whole, std::int64_t piece)
{
  return (whole + piece - 1) / piece;
}

}  // namespace

Flops MatrixProduct::work() const
{
  return Flops(2.0 * static_cast<double>(m) * static_cast<double>(n) * static_cast<double>(k));
}

Bytes MatrixProduct::traffic() const
{
  const std::int64_t element = format == NumberFormat::Bf16 ? 2 : 1;
  return Bytes((m * k + k * n) * element + m * n * ResultBytes);
}

TiledTime matrix_product_time(const MatrixProduct& product, const DieSpec& die)
{
  ensure(die.tiles.known(), "a product on a die without tiles");
  ensure(product.format != NumberFormat::Fp8 || die.has_fp8(), "a product in FP8 on a die that has none");
  const Arithmetic arithmetic = arithmetic_of(product.format, die);
  const double memory = (product.traffic() / die.usable_hbm_bandwidth()).count();
  const double p = die.compute.overlap_exponent;
  TiledTime best;
  std::int64_t rows = die.tiles.smallest;
  std::int64_t columns = die.tiles.smallest;
  for (int size = 0; size <= die.tiles.doublings; ++size) {
    const std::int64_t waves = pieces(pieces(product.m, rows) * pieces(product.n, columns), die.aic_cores);
    const MatrixProduct full_waves{waves * die.aic_cores * rows, columns, product.k, product.format};
    const double share = std::pow(arithmetic.half, die.tiles.doublings - size);
    const double compute = (full_waves.work() / (arithmetic.rate * share)).count();
    const double larger = std::max(compute, memory);
    const double both = larger * std::pow(std::pow(compute / larger, p) + std::pow(memory / larger, p), 1 / p);
    const Seconds time = die.compute.cube_operator + Seconds(both);
    if (size == 0 || time < best.time)
      best = {time, rows, columns, waves, memory > compute};
    (columns == rows ? columns : rows) *= 2;
  }
  return best;
}

}  // namespace cm::models
