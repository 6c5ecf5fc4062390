#include "tools/compare/histogram_distance.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace cm::tools {
namespace {

double mass_of(const StoredHistogram& histogram)
{
  double mass = 0;
  for (const StoredBucket& bucket : histogram.buckets)
    mass += bucket.count;
  return mass;
}

// Share of `histogram` at each point, times `sign`.
void add_shares(const StoredHistogram& histogram, double sign, std::map<double, double>& shares)
{
  const double mass = mass_of(histogram);
  for (const StoredBucket& bucket : histogram.buckets)
    if (bucket.count > 0)
      shares[(bucket.low + bucket.high) / 2] += sign * bucket.count / mass;
}

}  // namespace

HistogramDistance distance(const StoredHistogram& a, const StoredHistogram& b)
{
  // In one dimension the least work is the area between the two cumulative shares.
  std::map<double, double> shares;
  add_shares(a, 1, shares);
  add_shares(b, -1, shares);
  HistogramDistance distance;
  double gap = 0;
  for (auto each = shares.begin(); each != shares.end(); ++each) {
    gap += each->second;
    distance.largest_gap = std::max(distance.largest_gap, std::abs(gap));
    if (const auto next = std::next(each); next != shares.end())
      distance.moved += std::abs(gap) * (next->first - each->first);
  }
  return distance;
}

}  // namespace cm::tools
