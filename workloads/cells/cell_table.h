// Cells as a function of a few coordinates, expensive to ask: asked once at each grid point that is needed,
// interpolated between them.
//
// The grid is given before anything is asked, so the answer at a place does not depend on what was asked before it.
// Between grid points the answer is linear in each coordinate; beyond the ends the outermost cells are extended, so the
// ends should be out of reach.
#pragma once

#include "workloads/cells/cell.h"

#include <cstddef>
#include <functional>
#include <map>
#include <vector>

namespace cm::workloads {

class CellTable {
 public:
  using Point = std::vector<double>;  // one coordinate per axis
  using Ask = std::function<Cell(const Point&)>;

  // Axes ascending, at least two places each. `ask` gives a time above 0.
  CellTable(std::vector<std::vector<double>> axes, Ask ask);

  Cell at(const Point& point);

  // At the first place of every axis.
  Cell least() { return asked(Place(axes_.size(), 0)); }

  // Grid points that were asked.
  [[nodiscard]] std::size_t cells() const { return asked_.size(); }

  // Leave one out: the time of each asked point that has asked neighbours on both sides along an axis is predicted from
  // these.
  struct Error {
    double worst = 0;  // relative to the time
    double mean = 0;
    std::size_t predictions = 0;
  };
  [[nodiscard]] Error leave_one_out() const;

 private:
  using Place = std::vector<std::size_t>;  // index per axis

  Cell asked(const Place& place);

  std::vector<std::vector<double>> axes_;
  Ask ask_;
  std::map<Place, Cell> asked_;
};

}  // namespace cm::workloads
