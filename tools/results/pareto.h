// Which of several designs no other one beats in both of two numbers, and a picture of that for a terminal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cm::tools {

struct ParetoPoint {
  double x = 0;  // more is better, of both
  double y = 0;
  std::string label;
  bool is_front = false;
  std::string_view mark =
      "";                 // a literal: why its numbers are in doubt, "overloaded", "SLO missed"; empty: they are not
  bool is_ranked = true;  // false: the numbers depend on the length of the run, and it neither beats nor is beaten
};

// Sets is_front of the ranked points that no other one matches or beats in both numbers and beats in one.
void mark_front(std::vector<ParetoPoint>& points);

// "decode, ep 32 [SLO missed]".
std::string marked_label(const ParetoPoint& point);

struct ParetoTitles {
  std::string x;
  std::string y;
};

// A plot of at most 80 columns and the points of the front below it, by x; the front in colour on request. Points that
// are not ranked are crosses, and their number is told. Empty with fewer than two points.
std::string pareto_plot(const std::vector<ParetoPoint>& points, const ParetoTitles& titles, bool is_coloured);

}  // namespace cm::tools
