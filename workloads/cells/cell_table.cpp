#include "workloads/cells/cell_table.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>
#include <cmath>

namespace cm::workloads {

CellTable::CellTable(std::vector<std::vector<double>> axes, Ask ask) : axes_(std::move(axes)), ask_(std::move(ask))
{
  for (const auto& axis : axes_)
    ensure(axis.size() >= 2 && std::ranges::is_sorted(axis), "an axis of {} places", axis.size());
}

Cell CellTable::asked(const Place& place)
{
  const auto known = asked_.find(place);
  if (known != asked_.end())
    return known->second;
  Point point;
  for (std::size_t axis = 0; axis < axes_.size(); ++axis)
    point.push_back(axes_[axis][place[axis]]);
  const Cell cell = ask_(point);
  ensure(std::isfinite(cell.seconds) && cell.seconds > 0, "a cell of {} s", cell.seconds);
  return asked_.emplace(place, cell).first->second;
}

Cell CellTable::at(const Point& point)
{
  Place low;
  std::vector<double> share;  // of the upper neighbour
  for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
    const auto& places = axes_[axis];
    const auto above = std::ranges::upper_bound(places, point[axis]);
    const auto upper = std::clamp<std::ptrdiff_t>(above - places.begin(), 1, std::ssize(places) - 1);
    const auto index = static_cast<std::size_t>(upper - 1);
    low.push_back(index);
    share.push_back((point[axis] - places[index]) / (places[index + 1] - places[index]));
  }
  Cell sum;
  for (std::size_t corner = 0; corner < (std::size_t{1} << axes_.size()); ++corner) {
    double weight = 1;
    Place place = low;
    for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
      const bool is_upper = (corner >> axis & 1U) != 0;
      weight *= is_upper ? share[axis] : 1 - share[axis];
      place[axis] += is_upper ? 1 : 0;
    }
    if (weight != 0)
      sum = sum + weight * asked(place);
  }
  return sum;
}

CellTable::Error CellTable::leave_one_out() const
{
  Error error;
  for (const auto& [place, cell] : asked_)
    for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
      if (place[axis] == 0 || place[axis] + 1 == axes_[axis].size())
        continue;
      Place below = place;
      Place above = place;
      --below[axis];
      ++above[axis];
      const auto low = asked_.find(below);
      const auto high = asked_.find(above);
      if (low == asked_.end() || high == asked_.end())
        continue;
      const auto& places = axes_[axis];
      const double share = (places[place[axis]] - places[below[axis]]) / (places[above[axis]] - places[below[axis]]);
      const double predicted = low->second.seconds + share * (high->second.seconds - low->second.seconds);
      const double miss = std::abs(predicted - cell.seconds) / cell.seconds;
      error.worst = std::max(error.worst, miss);
      error.mean += miss;
      ++error.predictions;
    }
  if (error.predictions > 0)
    error.mean /= static_cast<double>(error.predictions);
  return error;
}

}  // namespace cm::workloads
