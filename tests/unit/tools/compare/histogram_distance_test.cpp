#include "tools/compare/histogram_distance.h"

#include <catch2/catch.hpp>

using namespace cm::tools;

namespace {

StoredHistogram of(std::vector<StoredBucket> buckets)
{
  return {.name = "wait_us", .unit = "us", .buckets = std::move(buckets)};
}

}  // namespace

TEST_CASE("equal shapes have no distance, whatever their counts")
{
  const HistogramDistance none = distance(of({{1, 3, 10}, {5, 7, 30}}), of({{1, 3, 1}, {5, 7, 3}}));
  CHECK(none.moved == Approx(0).margin(1e-12));
  CHECK(none.largest_gap == Approx(0).margin(1e-12));
}

TEST_CASE("a shift of everything moves all mass that far")
{
  const HistogramDistance shift = distance(of({{1, 3, 5}, {5, 7, 5}}), of({{11, 13, 5}, {15, 17, 5}}));
  CHECK(shift.moved == Approx(10));
  CHECK(shift.largest_gap == Approx(1));
}

TEST_CASE("a tenth of the mass that moves by 20 is a distance of 2")
{
  const HistogramDistance tail = distance(of({{1, 3, 10}}), of({{1, 3, 9}, {21, 23, 1}}));
  CHECK(tail.moved == Approx(2));
  CHECK(tail.largest_gap == Approx(0.1));
}

TEST_CASE("the distance is the same both ways")
{
  const StoredHistogram a = of({{1, 3, 7}, {8, 10, 1}});
  const StoredHistogram b = of({{2, 4, 3}, {20, 30, 2}});
  CHECK(distance(a, b).moved == Approx(distance(b, a).moved));
}
