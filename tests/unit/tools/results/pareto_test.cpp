#include "tools/results/pareto.h"
#include "tools/terminal/table_text.h"

#include <catch2/catch.hpp>

#include <sstream>

using namespace cm::tools;

namespace {

std::vector<ParetoPoint> designs()
{
  std::vector<ParetoPoint> points{{1, 10, "slow and busy"},
                                  {5, 5, "between"},
                                  {4, 4, "beaten"},
                                  {10, 1, "fast"},
                                  {5, 5, "its twin"},
                                  {5, 3, "as fast, less work"},
                                  {3, 5, "as much work, slower"}};
  mark_front(points);
  return points;
}

}  // namespace

TEST_CASE("the front holds what no other point beats, twins included")
{
  std::vector<std::string> front;
  for (const ParetoPoint& point : designs())
    if (point.is_front)
      front.push_back(point.label);
  CHECK(front == std::vector<std::string>{"slow and busy", "between", "fast", "its twin"});
}

TEST_CASE("a plot keeps to 80 columns and tells the front's points by x")
{
  const std::string plot = pareto_plot(designs(), {"users", "work"}, false);
  std::istringstream lines(plot);
  for (std::string line; std::getline(lines, line);)
    CHECK(columns_of(line) <= TerminalWidth);
  CHECK(plot.find('\x1b') == std::string::npos);
  CHECK(plot.find("4 of 7") != std::string::npos);
  CHECK(plot.find("slow and busy") < plot.find("between"));
  CHECK(plot.find("between") < plot.find("fast"));
  CHECK(plot.find("beaten") == std::string::npos);
  CHECK(pareto_plot(designs(), {"users", "work"}, true).find("\x1b[36m●") != std::string::npos);
}

TEST_CASE("a point that is not steady is drawn apart, counted, and neither in front nor in the way")
{
  std::vector<ParetoPoint> points = designs();
  points.push_back({.x = 20, .y = 20, .label = "collapsing", .mark = "overloaded", .is_ranked = false});
  points[1].mark = "SLO missed";
  mark_front(points);
  CHECK_FALSE(points.back().is_front);
  CHECK(points[0].is_front);
  const std::string plot = pareto_plot(points, {"users", "work"}, false);
  CHECK(plot.find("● no point is better in both: 4 of 8\n× not steady, so not ranked: 1 of 8\n") != std::string::npos);
  CHECK(plot.find("×\n") != std::string::npos);
  CHECK(plot.find("between [SLO missed]") != std::string::npos);
  CHECK(pareto_plot(designs(), {"users", "work"}, false).find("×") == std::string::npos);
}

TEST_CASE("one point is no choice")
{
  CHECK(pareto_plot({{1, 1, "alone", true}}, {"x", "y"}, false).empty());
}

TEST_CASE("points of one value make a plot too")
{
  std::vector<ParetoPoint> points{{1, 2, "a"}, {1, 2, "b"}};
  mark_front(points);
  CHECK(pareto_plot(points, {"x", "y"}, false).find("2 of 2") != std::string::npos);
}

TEST_CASE("points at both ends of what a double holds make a plot")
{
  std::vector<ParetoPoint> points{{-1.7e308, 1.7e308, "a"}, {1.7e308, -1.7e308, "b"}};
  mark_front(points);
  CHECK(pareto_plot(points, {"x", "y"}, false).find("2 of 2") != std::string::npos);
}
