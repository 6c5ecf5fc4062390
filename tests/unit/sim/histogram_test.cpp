#include "sim/diagnostics/errors.h"
#include "sim/metrics/histogram.h"
#include "sim/random/random_stream.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

using cm::SimulationError;
using cm::sim::RandomStream;
using cm::sim::metrics::Histogram;

namespace {

std::vector<double> latencies(std::uint64_t seed, int count)
{
  RandomStream random(seed, "latencies");
  std::vector<double> values;
  for (int i = 0; i < count; ++i)
    values.push_back(std::exp(2.0 + 1.5 * random.normal()));
  return values;
}

Histogram filled(const std::vector<double>& values)
{
  Histogram histogram("us");
  for (const double value : values)
    histogram.record(value);
  return histogram;
}

}  // namespace

TEST_CASE("an empty histogram has no statistics")
{
  const Histogram histogram("us");
  CHECK(histogram.unit() == "us");
  CHECK(histogram.count() == 0);
  CHECK_FALSE(histogram.mean());
  CHECK_FALSE(histogram.minimum());
  CHECK_FALSE(histogram.maximum());
  for (const double share : {0.0, 0.5, 1.0})
    CHECK_FALSE(histogram.quantile(share));
  CHECK(histogram.buckets().empty());
}

TEST_CASE("count mean minimum and maximum are exact")
{
  Histogram histogram("us");
  histogram.record(2.0, 3);
  histogram.record(10.0);
  histogram.record(1e6, 0);
  CHECK(histogram.count() == 4);
  CHECK(histogram.mean() == 4.0);
  CHECK(histogram.minimum() == 2.0);
  CHECK(histogram.maximum() == 10.0);
  CHECK(histogram.quantile(0) == 2.0);
  CHECK(histogram.quantile(1) == 10.0);
}

TEST_CASE("quantiles are within half a bin of the sorted values")
{
  std::vector<double> values = latencies(1, 10'001);
  const Histogram histogram = filled(values);
  std::ranges::sort(values);
  for (const double share : {0.001, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999}) {
    CAPTURE(share);
    const auto rank = static_cast<std::size_t>(std::ceil(share * 10'001.0));
    CHECK(histogram.quantile(share).value() == Approx(values.at(rank - 1)).epsilon(0.0026));
  }
}

TEST_CASE("a single value is every quantile exactly")
{
  Histogram histogram("us");
  histogram.record(123.456, 1000);
  for (const double share : {0.0, 0.5, 0.999, 1.0})
    CHECK(histogram.quantile(share) == 123.456);
}

TEST_CASE("buckets are ascending and hold every value once")
{
  const std::vector<double> values = latencies(2, 5000);
  std::uint64_t total = 0;
  double last = 0;
  for (const Histogram::Bucket& bucket : filled(values).buckets()) {
    CHECK(bucket.low >= last * (1 - 1e-12));
    CHECK(bucket.high / bucket.low == Approx(1.005));
    const auto inside = [&](double value) {
      return value >= bucket.low * (1 - 1e-9) && value <= bucket.high * (1 + 1e-9);
    };
    CHECK(std::ranges::count_if(values, inside) >= static_cast<std::int64_t>(bucket.count));
    total += bucket.count;
    last = bucket.high;
  }
  CHECK(total == 5000);
}

TEST_CASE("values outside the bins are counted and keep minimum and maximum")
{
  Histogram histogram("us");
  histogram.record(-5);
  histogram.record(0);
  histogram.record(1e20);
  CHECK(histogram.count() == 3);
  CHECK(histogram.minimum() == -5);
  CHECK(histogram.maximum() == 1e20);
  CHECK(histogram.buckets().size() == 2);
  CHECK(histogram.buckets().front().count == 2);
  CHECK(histogram.quantile(1) == 1e20);
}

TEST_CASE("merging two gives what filling one would have given")
{
  const std::vector<double> low = latencies(3, 2000);
  std::vector<double> all = latencies(4, 3000);
  for (double& value : all)
    value *= 50;
  const Histogram high = filled(all);
  all.insert(all.end(), low.begin(), low.end());
  const Histogram both = filled(all);

  Histogram merged = filled(low);
  merged.merge(high);
  CHECK(merged.count() == both.count());
  CHECK(merged.mean().value() == Approx(both.mean().value()));
  CHECK(merged.minimum() == both.minimum());
  CHECK(merged.maximum() == both.maximum());
  for (const double share : {0.01, 0.5, 0.99})
    CHECK(merged.quantile(share) == both.quantile(share));
  CHECK(merged.buckets().size() == both.buckets().size());
}

TEST_CASE("merging an empty histogram or itself is fine")
{
  Histogram histogram("us");
  histogram.merge(Histogram("us"));
  CHECK(histogram.count() == 0);
  histogram.record(5);
  histogram.merge(Histogram("us"));
  CHECK(histogram.minimum() == 5);
  histogram.merge(histogram);
  CHECK(histogram.count() == 2);
}

TEST_CASE("what a histogram cannot hold is a broken invariant")
{
  Histogram histogram("us");
  CHECK_THROWS_AS(histogram.record(std::numeric_limits<double>::quiet_NaN()), SimulationError);
  CHECK_THROWS_AS(histogram.record(std::numeric_limits<double>::infinity()), SimulationError);
  CHECK_THROWS_AS(histogram.merge(Histogram("ms")), SimulationError);
  CHECK_THROWS_AS(histogram.quantile(1.5), SimulationError);
  CHECK(histogram.count() == 0);
}
