#include "workloads/cells/cell.h"

#include <catch2/catch.hpp>

using namespace cm::workloads;

TEST_CASE("cells add up and scale in time and in bytes")
{
  CHECK(Cell{1, 10} + Cell{0.5, 4} == Cell{1.5, 14});
  CHECK(0.25 * Cell{2, 8} == Cell{0.5, 2});
  CHECK_FALSE(Cell{1, 2} == Cell{1, 3});
}
