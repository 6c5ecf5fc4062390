// Time of one product of matrices on a whole die, cut into tiles.
//
//   waves   = ceil(ceil(m / rows) * ceil(n / columns) / cores)
//   compute = waves * 2 * rows * columns * k / (rate of a core at this tile)
//   memory  = bytes of both factors and of the result / usable HBM bandwidth
//   time    = launch + (compute^p + memory^p)^(1/p), of the tile shape that ends first
//
// The last wave costs a whole one, however few tiles it has: a step of m adds a jump, not a slope.
// docs/models/matrix-products.md.
#pragma once

#include "models/parts/die_spec.h"

#include <cstdint>

namespace cm::models {

enum class NumberFormat { Bf16, Fp8, Int8 };

// Product of an m x k and a k x n matrix in this format; the result is in 16 bits.
struct MatrixProduct {
  std::int64_t m = 0;
  std::int64_t n = 0;
  std::int64_t k = 0;
  NumberFormat format = NumberFormat::Bf16;

  [[nodiscard]] Flops work() const;
  [[nodiscard]] Bytes traffic() const;
  friend bool operator==(const MatrixProduct&, const MatrixProduct&) = default;
};

struct TiledTime {
  Seconds time;
  std::int64_t tile_rows = 0;
  std::int64_t tile_columns = 0;
  std::int64_t waves = 0;
  bool memory_limits = false;
};

// Requires a die whose tiles are known, and one with FP8 for products in FP8.
TiledTime matrix_product_time(const MatrixProduct& product, const DieSpec& die);

}  // namespace cm::models
