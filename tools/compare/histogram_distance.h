// How far apart two histograms are, whatever their counts.
#pragma once

#include "tools/compare/stored_result.h"

namespace cm::tools {

struct HistogramDistance {
  // Wasserstein-1, in the histogram's unit: how far the mass of one must be moved on average to become the other.
  double moved = 0;
  // Kolmogorov-Smirnov, 0 to 1: the largest difference of the two shares of values below any point.
  double largest_gap = 0;
};

// Mass sits in the middle of its bucket. Both have values.
HistogramDistance distance(const StoredHistogram& a, const StoredHistogram& b);

}  // namespace cm::tools
