#include "models/experts/placement_table.h"

#include <catch2/catch.hpp>

using namespace cm::models;

namespace {

// Two ranks. Layer 0 holds each of four experts once; layer 1 holds all of them on both ranks.
PlacementTable two_layers()
{
  return {.ranks = 2, .layers = 2, .experts = 4, .ranks_of = {{1}, {0}, {1}, {0}, {0, 1}, {0, 1}, {0, 1}, {0, 1}}};
}

}  // namespace

TEST_CASE("the holders of an expert are those of the asked layer")
{
  using Ranks = std::vector<std::uint32_t>;
  const PlacementTable table = two_layers();
  CHECK(table.holders(0, 0) == Ranks{1});
  CHECK(table.holders(0, 3) == Ranks{0});
  CHECK(table.holders(1, 0) == Ranks{0, 1});
}

TEST_CASE("redundant copies of a layer are those beyond the first of each expert")
{
  const PlacementTable table = two_layers();
  CHECK(table.redundant(0) == 0);
  CHECK(table.redundant(1) == 4);
}
