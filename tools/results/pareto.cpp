#include "tools/results/pareto.h"

#include "tools/terminal/table_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <ranges>

namespace cm::tools {
namespace {

constexpr std::size_t Columns = 64;
constexpr std::size_t Rows = 16;
constexpr std::size_t MostListed = 12;

enum class Cell { Empty, Point, Unranked, Front };

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = -std::numeric_limits<double>::infinity();

  void hold(double value)
  {
    low = std::min(low, value);
    high = std::max(high, value);
  }

  // Which of `count` cells holds the value.
  [[nodiscard]] std::size_t cell(double value, std::size_t count) const
  {
    if (high <= low)
      return count / 2;
    // Halves: the distance of two doubles may be none.
    const double share = (value / 2 - low / 2) / (high / 2 - low / 2);
    return static_cast<std::size_t>(std::lround(std::clamp(share, 0.0, 1.0) * static_cast<double>(count - 1)));
  }
};

std::string drawn(Cell cell, bool is_coloured)
{
  if (cell == Cell::Empty)
    return " ";
  if (cell == Cell::Point)
    return "·";
  if (cell == Cell::Unranked)
    return "×";
  return is_coloured ? "\x1b[36m●\x1b[0m" : "●";
}

Cell cell_of(const ParetoPoint& point)
{
  if (!point.is_ranked)
    return Cell::Unranked;
  return point.is_front ? Cell::Front : Cell::Point;
}

std::string front_text(const std::vector<ParetoPoint>& points, const ParetoTitles& titles)
{
  std::vector<ParetoPoint> front;
  std::ranges::copy_if(points, std::back_inserter(front), &ParetoPoint::is_front);
  std::ranges::stable_sort(front, {}, &ParetoPoint::x);
  std::string text = fmt::format("● no point is better in both: {} of {}\n", front.size(), points.size());
  if (const auto unranked = std::ranges::count(points, false, &ParetoPoint::is_ranked); unranked > 0)
    text += fmt::format("× not steady, so not ranked: {} of {}\n", unranked, points.size());
  if (!front.empty())
    text += fmt::format("{:>12}  {:>12}\n", titles.x, titles.y);
  for (const ParetoPoint& point : front | std::views::take(MostListed))
    text +=
        wrapped(fmt::format("{:>12}  {:>12}  ", short_number(point.x), short_number(point.y)), marked_label(point), 28);
  if (front.size() > MostListed)
    text += fmt::format("{:>12}\n", "...");
  return text;
}

}  // namespace

std::string marked_label(const ParetoPoint& point)
{
  return point.mark.empty() ? point.label : fmt::format("{} [{}]", point.label, point.mark);
}

void mark_front(std::vector<ParetoPoint>& points)
{
  std::vector<ParetoPoint*> order;
  for (ParetoPoint& point : points) {
    point.is_front = false;
    if (point.is_ranked)
      order.push_back(&point);
  }
  std::ranges::stable_sort(
      order, [](const ParetoPoint* a, const ParetoPoint* b) { return a->x != b->x ? a->x > b->x : a->y > b->y; });
  double best = -std::numeric_limits<double>::infinity();
  const ParetoPoint* last = nullptr;
  for (ParetoPoint* point : order) {
    // Equal points stand beside each other, so twins are both in front.
    const bool is_twin = last != nullptr && last->x == point->x && last->y == point->y;
    if (point->y <= best && !is_twin)
      continue;
    point->is_front = true;
    best = point->y;
    last = point;
  }
}

std::string pareto_plot(const std::vector<ParetoPoint>& points, const ParetoTitles& titles, bool is_coloured)
{
  if (points.size() < 2)
    return {};
  Range xs;
  Range ys;
  for (const ParetoPoint& point : points) {
    xs.hold(point.x);
    ys.hold(point.y);
  }
  std::vector<std::vector<Cell>> grid(Rows, std::vector<Cell>(Columns, Cell::Empty));
  for (const ParetoPoint& point : points) {
    Cell& cell = grid[Rows - 1 - ys.cell(point.y, Rows)][xs.cell(point.x, Columns)];
    cell = std::max(cell, cell_of(point));
  }
  std::string text = fmt::format("{} (up) against {} (right)\n", titles.y, titles.x);
  for (std::size_t row = 0; row < Rows; ++row) {
    const bool is_edge = row == 0 || row + 1 == Rows;
    const double edge = row == 0 ? ys.high : ys.low;
    std::string line = fmt::format("{:>9} {}", is_edge ? short_number(edge) : "", is_edge ? "┤" : "│");
    for (const Cell cell : grid[row])
      line += drawn(cell, is_coloured);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  std::string axis;
  for (std::size_t i = 0; i < Columns; ++i)
    axis += "─";
  const std::string low = short_number(xs.low);
  text += fmt::format("{:>10}└{}\n{:>11}{}{:>{}}\n", "", axis, "", low, short_number(xs.high), Columns - low.size());
  return text + front_text(points, titles);
}

}  // namespace cm::tools
