#include "sim/random/random_stream.h"
#include "workloads/cells/cell_table.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::workloads;

namespace {

const std::vector<std::vector<double>> Axes{{1, 4, 16, 64}, {0, 10, 100}};

double bilinear(const CellTable::Point& point)
{
  return 3 + 2 * point[0] + 0.5 * point[1] + 0.1 * point[0] * point[1];
}

Cell bilinear_cell(const CellTable::Point& point)
{
  return {bilinear(point), 7 * bilinear(point)};
}

}  // namespace

TEST_CASE("what is linear in each coordinate is met everywhere, beyond the ends too")
{
  CellTable table(Axes, bilinear_cell);
  sim::RandomStream random(1, "cells");
  for (int i = 0; i < 100; ++i) {
    const CellTable::Point point{1 + 99 * random.uniform(), 150 * random.uniform()};
    CHECK(table.at(point).seconds == Approx(bilinear(point)).epsilon(1e-9));
    CHECK(table.at(point).sent == Approx(7 * bilinear(point)).epsilon(1e-9));
  }
  CHECK(table.leave_one_out().worst < 1e-9);
  CHECK(table.leave_one_out().predictions > 0);
}

TEST_CASE("a cell is asked once, and only when a place beside it is needed")
{
  int asked = 0;
  CellTable table(Axes, [&](const CellTable::Point& point) {
    ++asked;
    return bilinear_cell(point);
  });
  table.at({2, 5});
  CHECK(asked == 4);
  table.at({3, 9});
  CHECK(asked == 4);
  table.at({4, 10});
  CHECK(asked == 4);
  CHECK(table.cells() == 4);
}

TEST_CASE("answers do not depend on what was asked before")
{
  const auto curved = [](const CellTable::Point& point) { return Cell{1 + point[0] * point[0] + point[1], 0}; };
  CellTable first(Axes, curved);
  CellTable second(Axes, curved);
  second.at({50, 90});
  second.at({1, 0});
  CHECK(first.at({7, 30}) == second.at({7, 30}));
}

TEST_CASE("the error bound is what a neighbour's prediction misses")
{
  CellTable table({{0, 1, 3}, {0, 1}}, [](const CellTable::Point& point) { return Cell{1 + point[0] * point[0], 0}; });
  for (const double x : {0.5, 2.0})
    table.at({x, 0.5});
  // At 1: a third of the way from 1 to 10 is 4, and the value is 2.
  CHECK(table.leave_one_out().worst == Approx(1));
  CHECK(table.leave_one_out().predictions == 2);
}
