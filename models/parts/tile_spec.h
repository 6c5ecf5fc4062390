// Cut of a product of matrices into tiles: each core computes one tile of the result at a time.
// docs/models/matrix-products.md.
#pragma once

#include "sim/config/reader.h"

namespace cm::models {

struct TileSpec {
  int smallest = 0;   // rows and columns of the smallest tile; 0: the part says nothing about tiles
  int doublings = 0;  // larger tiles double columns and rows in turn, so often
  // Share of the next larger tile's rate that a tile reaches.
  double half_bf16 = 1;
  double half_fp8 = 1;
  double half_int8 = 1;

  [[nodiscard]] bool known() const { return smallest > 0; }
  friend bool operator==(const TileSpec&, const TileSpec&) = default;
};

// `tiles` of a die. Unknown when the key is missing: such a die runs no single products.
TileSpec read_tiles(sim::config::Reader& die);

}  // namespace cm::models
