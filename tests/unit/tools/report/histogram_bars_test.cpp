#include "tools/report/numbers/histogram_bars.h"

#include <catch2/catch.hpp>

#include <cmath>

using namespace cm::tools;
using Json = nlohmann::ordered_json;

namespace {

// One value in each of `count` buckets from `low` on.
Json buckets_from(double low, int count)
{
  Json buckets = Json::array();
  for (int i = 0; i < count; ++i)
    buckets.push_back({low * std::pow(1.005, i), low * std::pow(1.005, i + 1), 1});
  return buckets;
}

double count_in(const HistogramBars& bars)
{
  double count = bars.below + bars.above;
  for (const HistogramBars::Bar& bar : bars.bars)
    count += bar.count;
  return count;
}

}  // namespace

TEST_CASE("bars are few and round, and hold every value")
{
  const HistogramBars bars = histogram_bars(buckets_from(1100, 200), 1e-3);
  CHECK(bars.bars.size() <= MostBars);
  CHECK(bars.bars.size() > 10);
  CHECK_FALSE(bars.is_logarithmic);
  CHECK(bars.width == Approx(0.05));
  CHECK(count_in(bars) == Approx(200));
  CHECK(bars.shown("s") == "All 200 values are drawn.");
}

TEST_CASE("values over many decades lie on a logarithmic axis")
{
  const HistogramBars bars = histogram_bars(buckets_from(0.001, 2500), 1);
  CHECK(bars.is_logarithmic);
  CHECK(bars.bars.size() <= MostBars);
  CHECK(count_in(bars) == Approx(2500));
}

TEST_CASE("few buckets are the bars themselves")
{
  const HistogramBars bars = histogram_bars(buckets_from(20, 11), 1);
  CHECK(bars.width == 0);
  CHECK(bars.bars.size() == 11);
}

TEST_CASE("values far from the others are not drawn, and told")
{
  Json buckets = Json::array();
  for (int i = 0; i < 100; ++i)
    buckets.push_back({10.0 + i, 11.0 + i, 10});
  buckets.push_back({5000.0, 5025.0, 3});
  const HistogramBars bars = histogram_bars(buckets, 1);
  CHECK(bars.above == Approx(3));
  CHECK(bars.below == 0);
  CHECK(bars.bars.back().high < 200);
  CHECK(count_in(bars) == Approx(1003));
  CHECK_THAT(bars.shown("ms"), Catch::StartsWith("1000 of 1003 values are drawn; not drawn: 3 above 1") &&
                                   Catch::EndsWith(" ms, the largest 5025 ms."));
}

TEST_CASE("a histogram of nothing has no bars")
{
  CHECK(histogram_bars(Json::array(), 1).bars.empty());
}

TEST_CASE("one value, be it 0, negative or too large for a bar's width, is a bar")
{
  for (const double value : {0.0, -3.0, 2.0}) {
    INFO(value);
    const HistogramBars bars = histogram_bars(Json::array({Json::array({value, value, 4})}), 1);
    REQUIRE(bars.bars.size() == 1);
    CHECK(bars.bars.front().low == value);
    CHECK(bars.bars.front().count == 4);
    CHECK(bars.shown("ms") == "All 4 values are drawn.");
  }
  CHECK_FALSE(histogram_bars(Json::parse("[[-1e20, -99999999999999950000, 1]]"), 1).bars.empty());
}
