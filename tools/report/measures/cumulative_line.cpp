#include "tools/report/measures/cumulative_line.h"

#include <algorithm>
#include <cstddef>

namespace cm::tools {
namespace {

constexpr std::size_t MostPoints = 400;  // of a line; more cannot be told apart
// Values below this share of a distribution do not stretch a logarithmic axis.
constexpr double FirstShown = 0.01;
constexpr double FarBelow = 30;

double count_in(const Json& buckets)
{
  double count = 0;
  for (const Json& bucket : buckets)
    count += bucket.at(2).get<double>();
  return count;
}

}  // namespace

double first_shown(const Json& buckets)
{
  const double all = count_in(buckets);
  const double smallest = buckets.empty() ? 1 : buckets.front().at(0).get<double>();
  double below = 0;
  for (const Json& bucket : buckets) {
    below += bucket.at(2).get<double>();
    const double low = bucket.at(0).get<double>();
    if (below > FirstShown * all && low > 0)
      return smallest >= low / FarBelow ? smallest : low;
  }
  return buckets.empty() ? 1 : buckets.back().at(1).get<double>();
}

CumulativeLine cumulative_line(const Json& buckets, double factor, double begin)
{
  CumulativeLine line;
  const double all = std::max(count_in(buckets), 1.0);
  const std::size_t step = buckets.size() / MostPoints + 1;
  std::size_t index = 0;
  double drawn = 0;
  bool has_begun = false;
  for (const Json& bucket : buckets) {
    const double low = bucket.at(0).get<double>() * factor;
    if (!has_begun && low >= begin) {
      line.points.emplace_back(std::max(low, begin), line.values / all);
      line.left_of_axis = drawn = line.values;
      has_begun = true;
    }
    line.values += bucket.at(2).get<double>();
    ++index;
    // A step that can be seen is drawn where it is, however many points are left out beside it.
    const bool is_seen = (line.values - drawn) * static_cast<double>(MostPoints) >= all;
    if (has_begun && (is_seen || index % step == 0 || index == buckets.size())) {
      line.points.emplace_back(bucket.at(1).get<double>() * factor, line.values / all);
      drawn = line.values;
    }
  }
  // All values lie left of the axis: a flat line says so, where none would look like no values.
  if (!has_begun && line.values > 0) {
    line.points.emplace_back(begin, 1.0);
    line.left_of_axis = line.values;
  }
  return line;
}

}  // namespace cm::tools
