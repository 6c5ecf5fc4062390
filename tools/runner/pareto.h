// Which of several designs no other one beats in both of two numbers, and a picture of that for a terminal.
#pragma once

#include <string>
#include <vector>

namespace cm::tools {

struct ParetoPoint {
  double x = 0;  // more is better, of both
  double y = 0;
  std::string label;
  bool is_front = false;
};

// Sets is_front of the points that no other point matches or beats in both numbers and beats in one.
void mark_front(std::vector<ParetoPoint>& points);

struct ParetoTitles {
  std::string x;
  std::string y;
};

// A plot of at most 80 columns and the points of the front below it, by x; the front in colour on request. Empty with
// fewer than two points.
std::string pareto_plot(const std::vector<ParetoPoint>& points, const ParetoTitles& titles, bool is_coloured);

}  // namespace cm::tools
