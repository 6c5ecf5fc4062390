#include "tools/report/numbers/histogram_bars.h"

#include "tools/report/numbers/plain_unit.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace cm::tools {
namespace {

using Bar = HistogramBars::Bar;

// As many bars as there is room for on a telephone.
constexpr double WantedBars = 40;
// Values that spread over more than this lie better on a logarithmic axis.
constexpr double WideSpread = 30;
// Share of the values at each end that may be left out, and how much wider the axis must else be.
constexpr double Tail = 0.005;
constexpr double FarAway = 1.6;
// Below that no value is beside the point.
constexpr double FewValues = 200;
// Ratio of the ends of a bucket, as sim/metrics/histogram.h counts.
constexpr double BucketRatio = 1.005;
constexpr std::array<double, 6> BarsPerDecade{50, 20, 10, 5, 2, 1};

struct Range {
  double low = 0;
  double high = 0;

  [[nodiscard]] double width(bool is_logarithmic) const { return is_logarithmic ? std::log10(high / low) : high - low; }
};

std::vector<Bar> scaled_buckets(const nlohmann::ordered_json& buckets, double factor)
{
  std::vector<Bar> scaled;
  for (const auto& bucket : buckets)
    if (const double count = bucket.at(2).get<double>(); count > 0)
      scaled.push_back({bucket.at(0).get<double>() * factor, bucket.at(1).get<double>() * factor, count});
  return scaled;
}

// Range of the buckets behind the first and before the last `Tail` of the values.
Range middle_of(const std::vector<Bar>& buckets, double values)
{
  Range range{buckets.front().low, buckets.back().high};
  double below = 0;
  for (const Bar& bucket : buckets) {
    if (below <= Tail * values)
      range.low = bucket.low;
    if (below < (1 - Tail) * values)
      range.high = bucket.high;
    below += bucket.count;
  }
  return range;
}

// Range to draw: all, or less at an end where a few values lie far away.
Range drawn_range(const std::vector<Bar>& buckets, double values, bool is_logarithmic)
{
  const Range all{buckets.front().low, buckets.back().high};
  const Range middle = middle_of(buckets, values);
  if (values < FewValues || middle.width(is_logarithmic) <= 0)
    return all;
  const auto is_far = [&](const Range& wider) {
    return wider.width(is_logarithmic) > FarAway * middle.width(is_logarithmic);
  };
  return {is_far({all.low, middle.high}) ? middle.low : all.low,
          is_far({middle.low, all.high}) ? middle.high : all.high};
}

// The next larger of 1, 2, 5, 10, 20, ...
double round_step(double least)
{
  const double decade = std::pow(10, std::floor(std::log10(least)));
  for (const double step : {1.0, 2.0, 5.0})
    if (step * decade >= least * (1 - 1e-9))
      return step * decade;
  return 10 * decade;
}

void place_linear_bars(const Range& range, double bucket_width, HistogramBars& bars)
{
  // Narrower than a bucket a bar would show the buckets' edges.
  bars.width = round_step(std::max(range.width(false) / WantedBars, bucket_width));
  const double first = std::floor(range.low / bars.width + 1e-9);
  const double last = std::max(std::ceil(range.high / bars.width - 1e-9), first + 1);
  for (double edge = first; edge < last && edge + 1 > edge; ++edge)
    bars.bars.push_back({edge * bars.width, (edge + 1) * bars.width, 0});
}

void place_logarithmic_bars(const Range& range, HistogramBars& bars)
{
  const auto fits = [&](double per_decade) { return range.width(true) * per_decade <= WantedBars; };
  const auto* const found = std::ranges::find_if(BarsPerDecade, fits);
  bars.width = found == BarsPerDecade.end() ? BarsPerDecade.back() : *found;
  const double first = std::floor(std::log10(range.low) * bars.width + 1e-9);
  const double last = std::max(std::ceil(std::log10(range.high) * bars.width - 1e-9), first + 1);
  for (double edge = first; edge < last && bars.bars.size() < MostBars; ++edge)
    bars.bars.push_back({std::pow(10, edge / bars.width), std::pow(10, (edge + 1) / bars.width), 0});
}

// Buckets between the ends of the values, those without values too; the ends of a bucket differ by BucketRatio.
double buckets_between(const std::vector<Bar>& buckets)
{
  return buckets.front().low > 0 ? std::log(buckets.back().high / buckets.front().low) / std::log(BucketRatio)
                                 : std::numeric_limits<double>::infinity();
}

void share_out(const Bar& bucket, HistogramBars& bars)
{
  const double width = bucket.high - bucket.low;
  const auto part = [&](double low, double high) {
    if (width <= 0)
      return low <= bucket.low && bucket.low < high ? bucket.count : 0;
    return bucket.count * std::max(0.0, std::min(high, bucket.high) - std::max(low, bucket.low)) / width;
  };
  double placed = 0;
  for (Bar& bar : bars.bars) {
    const double here = part(bar.low, bar.high);
    bar.count += here;
    placed += here;
  }
  const double rest = std::max(0.0, bucket.count - placed);
  (bucket.low < bars.bars.front().low ? bars.below : bars.above) += rest;
}

}  // namespace

std::string HistogramBars::shown(const std::string& unit) const
{
  // In the unit of the axis, but for what would have to be counted in zeros.
  constexpr double Small = 0.01;
  const std::string space = unit.empty() ? "" : " ";
  const auto text = [&](double value) {
    return value < Small ? plain_text(value, unit) : plain_number(value) + space + unit;
  };
  const double left = std::round(below);
  const double right = std::round(above);
  if (left == 0 && right == 0)
    return fmt::format("All {} values are drawn.", plain_number(values));
  std::string beyond;
  if (left > 0)
    beyond += fmt::format("{} below {}, the least {}", plain_number(left), text(bars.front().low), text(least));
  if (right > 0)
    beyond += fmt::format("{}{} above {}, the largest {}", beyond.empty() ? "" : ", ", plain_number(right),
                          text(bars.back().high), text(largest));
  return fmt::format("{} of {} values are drawn; not drawn: {}.", plain_number(values - left - right),
                     plain_number(values), beyond);
}

HistogramBars histogram_bars(const nlohmann::ordered_json& buckets, double factor)
{
  HistogramBars bars;
  const std::vector<Bar> scaled = scaled_buckets(buckets, factor);
  if (scaled.empty())
    return bars;
  for (const Bar& bucket : scaled)
    bars.values += bucket.count;
  bars.least = scaled.front().low;
  bars.largest = scaled.back().high;
  // One value, which may be 0, spans no axis that could be cut into bars.
  if (bars.largest <= bars.least || buckets_between(scaled) < WantedBars) {
    bars.bars = scaled;
    return bars;
  }
  const Range middle = middle_of(scaled, bars.values);
  bars.is_logarithmic = bars.least > 0 && middle.low > 0 && middle.high / middle.low > WideSpread;
  const Range range = drawn_range(scaled, bars.values, bars.is_logarithmic);
  if (bars.is_logarithmic)
    place_logarithmic_bars(range, bars);
  else
    place_linear_bars(range, range.high * (BucketRatio - 1), bars);
  // Numbers so large that a bar's width is lost in them.
  if (bars.bars.empty()) {
    bars.width = 0;
    bars.is_logarithmic = false;
    bars.bars = scaled;
    return bars;
  }
  for (const Bar& bucket : scaled)
    share_out(bucket, bars);
  // Rounding leaves bars of a billionth of a value.
  for (Bar& bar : bars.bars)
    bar.count = bar.count < 1e-6 ? 0 : bar.count;
  return bars;
}

}  // namespace cm::tools
