// A function of a few coordinates that is expensive to ask: asked once at each grid point that is needed, interpolated
// between them.
//
// The grid is given before anything is asked, so the answer at a place does not depend on what was asked before it.
// Between grid points the answer is linear in each coordinate; beyond the ends the outermost cells are extended, so the
// ends should be out of reach.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <vector>

namespace cm::workloads {

class CellTable {
 public:
  using Point = std::vector<double>;  // one coordinate per axis
  using Ask = std::function<double(const Point&)>;

  // Axes ascending, at least two places each. `ask` gives a value above 0.
  CellTable(std::vector<std::vector<double>> axes, Ask ask);

  double at(const Point& point);

  // Grid points that were asked.
  [[nodiscard]] std::size_t cells() const { return asked_.size(); }

  // Leave one out: each asked point that has asked neighbours on both sides along an axis is predicted from these.
  struct Error {
    double worst = 0;  // relative to the value
    double mean = 0;
    std::size_t predictions = 0;
  };
  [[nodiscard]] Error leave_one_out() const;

 private:
  using Place = std::vector<std::size_t>;  // index per axis

  double asked(const Place& place);

  std::vector<std::vector<double>> axes_;
  Ask ask_;
  std::map<Place, double> asked_;
};

}  // namespace cm::workloads
