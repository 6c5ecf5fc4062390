#include "workloads/cells/iteration_cells.h"

#include <catch2/catch.hpp>

using namespace cm::workloads;

namespace {

const std::vector<std::vector<double>> Axes{{1, 100}};

// Seconds of the cell at x: `floor` and `slope` times x.
CellTable linear(double floor, double slope, int& asked)
{
  return CellTable(Axes, [floor, slope, &asked](const CellTable::Point& point) {
    ++asked;
    return Cell{floor + slope * point[0], 10 * point[0]};
  });
}

struct TwoModes {
  int one = 0;  // cells asked
  int two = 0;
  int narrowed = 0;
  PhaseCells cells{modes()};

  std::vector<PhaseCells::Mode> modes()
  {
    std::vector<PhaseCells::Mode> modes;
    modes.push_back({.least = 0, .idle = linear(1, 1, one), .narrowed = linear(1, 2, narrowed)});
    modes.push_back({.least = 4, .idle = linear(40, 0.2, two), .narrowed = linear(40, 0.4, narrowed)});
    return modes;
  }
};

}  // namespace

TEST_CASE("the faster number of microbatches is taken, with a sharp bend between them")
{
  TwoModes modes;
  CHECK(modes.cells.at({20}, 0).seconds == Approx(21));
  CHECK(modes.cells.at({49}, 0).seconds == Approx(49.8));
  CHECK(modes.cells.at({90}, 0).seconds == Approx(58));
  CHECK(modes.cells.at({90}, 0).sent == Approx(900));
  CHECK(modes.narrowed == 0);
}

TEST_CASE("a number of microbatches that cannot be faster is asked for its least cell only")
{
  TwoModes modes;
  CHECK(modes.cells.at({3}, 0).seconds == Approx(4));
  CHECK(modes.two == 0);
  CHECK(modes.cells.at({20}, 0).seconds == Approx(21));
  CHECK(modes.two == 1);
}

TEST_CASE("a share of the lanes that others take slows in proportion")
{
  TwoModes modes;
  CHECK(modes.cells.at({20}, 0.25).seconds == Approx(21 + 20 * 0.25 / PhaseCells::LanesProbed));
  CHECK(modes.narrowed == 2);
  CHECK(modes.cells.cells() == 5);
}
