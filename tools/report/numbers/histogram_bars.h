// Bars of a histogram. A result counts values in buckets 0.5 % wide, up to a thousand of them: too narrow to be seen.
#pragma once

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace cm::tools {

struct HistogramBars {
  struct Bar {
    double low = 0;
    double high = 0;
    double count = 0;  // a bucket that lies over an edge is shared out by its width
  };

  std::vector<Bar> bars;        // side by side, ascending; none for a histogram of nothing
  bool is_logarithmic = false;  // equal widths on a logarithmic axis
  double width = 0;             // of a bar; on a logarithmic axis bars per factor of ten; 0: bars are the buckets
  double values = 0;            // all of them
  // Values far from the others at either end, which would press the rest into a few bars. At most one in 100.
  double below = 0;
  double above = 0;
  double least = 0;  // of all values, to a bucket
  double largest = 0;

  // "All 2,885 values are drawn.", or how many lie beyond which end and how far; with `unit` behind each value.
  [[nodiscard]] std::string shown(const std::string& unit) const;
};

inline constexpr std::size_t MostBars = 60;

// `buckets`: [low, high, count], ascending, as results hold them; values are multiplied by `factor`.
HistogramBars histogram_bars(const nlohmann::ordered_json& buckets, double factor);

}  // namespace cm::tools
