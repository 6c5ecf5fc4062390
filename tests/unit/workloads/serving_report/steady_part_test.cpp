#include "sim/random/random_stream.h"
#include "workloads/serving_report/steady_part.h"

#include <catch2/catch.hpp>

#include <cmath>

using namespace cm;
using namespace cm::workloads;

namespace {

// As MSER is written down: every cut tried, mean and squares anew.
std::size_t cut_by_definition(const std::vector<double>& values, std::size_t most)
{
  std::size_t best = 0;
  double least = INFINITY;
  for (std::size_t cut = 0; cut <= most; ++cut) {
    const auto kept = static_cast<double>(values.size() - cut);
    double mean = 0;
    for (std::size_t i = cut; i < values.size(); ++i)
      mean += values[i] / kept;
    double squares = 0;
    for (std::size_t i = cut; i < values.size(); ++i)
      squares += (values[i] - mean) * (values[i] - mean);
    if (squares / (kept * kept) < least) {
      best = cut;
      least = squares / (kept * kept);
    }
  }
  return best;
}

// `level(i)` and first-order autoregressive noise of standard deviation about 1.
template <typename Level>
std::vector<double> series(std::size_t length, std::uint64_t seed, double correlation, const Level& level)
{
  sim::RandomStream random(seed, "series");
  std::vector<double> values;
  double noise = 0;
  for (std::size_t i = 0; i < length; ++i) {
    const double shock = std::sqrt(12.0) * (random.uniform() - 0.5);
    noise = correlation * noise + std::sqrt(1 - correlation * correlation) * shock;
    values.push_back(level(static_cast<double>(i)) + noise);
  }
  return values;
}

// Waiting times in a queue with one server, exponential gaps and service, that starts empty (Lindley's recursion).
std::vector<double> queue_waits(std::size_t length, std::uint64_t seed, double load)
{
  sim::RandomStream random(seed, "queue");
  std::vector<double> waits{0};
  while (waits.size() < length) {
    const double service = -std::log(1 - random.uniform());
    const double gap = -std::log(1 - random.uniform()) / load;
    waits.push_back(std::max(0.0, waits.back() + service - gap));
  }
  return waits;
}

std::vector<double> means_of(const std::vector<double>& values)
{
  BatchMeans means;
  for (std::size_t i = 0; i < values.size(); ++i)
    means.add(i, values[i]);
  return {means.means().begin(), means.means().end()};
}

}  // namespace

TEST_CASE("batches have the mean of five values and the number of the first")
{
  BatchMeans means;
  for (std::uint64_t i = 0; i < 14; ++i)
    means.add(3 * i, static_cast<double>(i));
  REQUIRE(means.means().size() == 2);
  CHECK(means.means()[0] == 2);
  CHECK(means.means()[1] == 7);
  CHECK(means.first_number(1) == 15);
  CHECK(means.batch_from(0) == 0);
  CHECK(means.batch_from(15) == 1);
  CHECK(means.batch_from(16) == 2);
}

TEST_CASE("the cut is that of the definition")
{
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const auto values = series(60, seed, 0.5, [&](double i) { return i < static_cast<double>(seed) ? 3.0 : 0.0; });
    CHECK(mser_cut(values, 30) == cut_by_definition(values, 30));
    CHECK(mser_cut(values, 59) == cut_by_definition(values, 59));
  }
}

TEST_CASE("equal values need no cut")
{
  const std::vector<double> values(100, 0.1);
  CHECK(mser_cut(values, 50) == 0);
  CHECK_FALSE(drift_of(values).is_significant);
}

TEST_CASE("independent values are cut little and do not drift")
{
  std::size_t cut = 0;
  int drifting = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const SteadyPart part = steady_part_of(means_of(series(3000, seed, 0, [](double) { return 10.0; })));
    cut += part.begin;
    drifting += part.drift.is_significant ? 1 : 0;
  }
  CHECK(cut / 200 < 600 / 20);
  CHECK(drifting == 0);
}

TEST_CASE("a transient is cut where it has died out")
{
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    INFO("seed " << seed);
    const auto settles = [](double i) { return 20 - 15 * std::exp(-i / 100); };
    const SteadyPart part = steady_part_of(means_of(series(3000, seed, 0.8, settles)));
    const auto cut = static_cast<double>(part.begin * BatchMeans::BatchLength);
    CHECK(cut > 150);
    CHECK(cut < 1000);
    CHECK(20 - settles(cut) < 3.5);
    CHECK_FALSE(part.drift.is_significant);
  }
}

TEST_CASE("a ramp has no steady part, up or down")
{
  for (const double slope : {0.01, -0.01})
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      INFO("seed " << seed);
      const auto ramp = series(3000, seed, 0.5, [&](double i) { return 40 + slope * i; });
      const SteadyPart part = steady_part_of(means_of(ramp));
      CHECK(part.drift.is_significant);
      CHECK((part.drift.rise > 0) == (slope > 0));
    }
}

TEST_CASE("a series that settles in its second half has no steady part")
{
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    const auto late = series(3000, seed, 0.5, [](double i) { return 10 + 0.01 * std::min(i, 2100.0); });
    CHECK(steady_part_of(means_of(late)).drift.is_significant);
  }
}

TEST_CASE("a queue with room to spare is steady, one without is not")
{
  int drifting = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    INFO("seed " << seed);
    drifting += steady_part_of(means_of(queue_waits(20000, seed, 0.7))).drift.is_significant ? 1 : 0;
    CHECK(steady_part_of(means_of(queue_waits(20000, seed, 1.2))).drift.is_significant);
  }
  CHECK(drifting <= 2);
}

TEST_CASE("a drift of less than a tenth is none, however sure")
{
  std::vector<double> values;
  for (int i = 0; i < 1000; ++i)
    values.push_back(100 + 0.009 * i);
  CHECK(drift_of(values).rise == Approx(0.086).epsilon(0.01));
  CHECK_FALSE(drift_of(values).is_significant);
  for (int i = 0; i < 1000; ++i)
    values[static_cast<std::size_t>(i)] = 100 + 0.012 * i;
  CHECK(drift_of(values).is_significant);
}
