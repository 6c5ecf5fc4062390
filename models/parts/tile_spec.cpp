#include "models/parts/tile_spec.h"

namespace cm::models {

using sim::config::Reader;

TileSpec read_tiles(Reader& die)
{
  TileSpec spec;
  if (!die.has("tiles"))
    return spec;
  Reader tiles = die.optional_section({"tiles", "how a product of matrices is cut"});
  tiles.required({"smallest", "rows and columns of the smallest tile", 1.0, 4096.0}, spec.smallest);
  tiles.required({"doublings", "larger tiles double columns and rows in turn, so often", 0.0, 8.0}, spec.doublings);
  tiles.required_fraction(
      {"half_bf16", "share of the BF16 rate of the next larger tile that this one reaches", 0.1, 1.0}, spec.half_bf16);
  tiles.required_fraction({"half_fp8", "the same in FP8", 0.1, 1.0}, spec.half_fp8);
  tiles.required_fraction({"half_int8", "the same in INT8", 0.1, 1.0}, spec.half_int8);
  tiles.finish();
  return spec;
}

}  // namespace cm::models
