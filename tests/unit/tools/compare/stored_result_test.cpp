// Results of this and earlier versions, as a comparison reads them.
#include "tests/unit/tools/compare/stored_results.h"
#include "tools/compare/stored_result.h"

#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <vector>

using namespace cm::tools;
using cm::sim::metrics::Better;
using cm::tests::TemporaryFolder;

namespace {

struct Reading {
  std::optional<StoredResult> result;
  std::vector<std::string> problems;
};

Reading read(const std::string& text)
{
  const TemporaryFolder folder;
  cm::sim::config::ReadingLog log;
  Reading reading{read_stored_result(folder.with("result.json", text), log), {}};
  reading.problems = log.problems;
  return reading;
}

StoredResult result_of(const std::string& text)
{
  const Reading reading = read(text);
  CHECK(reading.problems.empty());
  REQUIRE(reading.result);
  return *reading.result;
}

std::string problem_of(const std::string& text)
{
  const Reading reading = read(text);
  CHECK_FALSE(reading.result);
  REQUIRE(reading.problems.size() == 1);
  return reading.problems.front();
}

// A result of one metric and one histogram, as an earlier version may have written it.
std::string small_json(const std::string& metric, const std::string& histogram = "")
{
  return R"({"schema": "cmsim-result/1", "run": {"configuration_digest": "01", "assumed": []},
"metrics": {)" +
         metric + R"(},
"histograms": {)" +
         histogram + R"(},
"breakdown": {}, "warnings": []})";
}

std::string with_buckets(const std::string& buckets)
{
  return small_json("", R"("wait_us": {"unit": "us", "count": 3, "mean": 2, "p50": 2, "p99": 3,
"buckets": )" + buckets + "}");
}

}  // namespace

TEST_CASE("what a run writes is read back")
{
  const StoredResult result = result_of(cm::tests::result_json({.tpot_ms = 47.5, .slowest_us = 4}));
  CHECK(result.is_done());
  CHECK(result.label.empty());
  CHECK(result.configuration_digest == "0123");
  CHECK(result.assumed == std::vector<std::string>{"machine.ub.mtu = 8 KiB: a guess"});
  REQUIRE(result.metrics.size() == 3);
  CHECK(result.metrics[0].name == "tpot_ms");
  CHECK(result.metrics[0].value == 47.5);
  CHECK(result.metrics[0].unit == "ms");
  CHECK(result.metrics[0].better == Better::Lower);
  REQUIRE(result.histograms.size() == 1);
  CHECK(*result.histograms[0].mean == Approx(2.2));
  CHECK(result.histograms[0].buckets.size() == 2);
  CHECK(result.breakdown_of == "the time of a layer");
  CHECK(result.breakdown.at(1).name == "dispatch");
  CHECK(result.lanes.size() == 2);
  CHECK_FALSE(result.inputs);
}

TEST_CASE("a point that is done has a label of base, axes and seed, one that is refused its reason")
{
  const StoredResult done = result_of(cm::tests::point_json(32, "done"));
  CHECK(done.label == "ep, workload.ep=32, seed 1");
  CHECK(done.metrics.size() == 3);
  const StoredResult refused = result_of(cm::tests::point_json(64, "refused"));
  CHECK_FALSE(refused.is_done());
  CHECK(refused.reason == "does not fit the HBM");
  CHECK(refused.metrics.empty());
}

TEST_CASE("the direction of a metric is the declared one, else the file's, else that of its unit")
{
  const auto better_of = [](const std::string& metric) { return result_of(small_json(metric)).metrics.at(0).better; };
  CHECK(better_of(R"("tpot_ms": {"value": 1, "unit": "ms", "better": "higher"})") == Better::Lower);
  // With another unit it is another metric.
  CHECK(better_of(R"("tpot_ms": {"value": 1, "unit": "s", "better": "higher"})") == Better::Higher);
  CHECK(better_of(R"("no_such_metric": {"value": 1, "unit": "ms", "better": "neither"})") == Better::Neither);
  CHECK(better_of(R"("no_such_metric": {"value": 1, "unit": "ms"})") == Better::Lower);
  CHECK_THAT(problem_of(small_json(R"("no_such_metric": {"value": 1, "unit": "ms", "better": "smaller"})")),
             Catch::Contains("lower, higher or neither"));
}

TEST_CASE("a histogram of no values has no statistics, whatever the file states")
{
  const StoredResult result = result_of(
      small_json("", R"("wait_us": {"unit": "us", "count": 0, "mean": 0, "p50": 0, "p99": 0, "buckets": []})"));
  REQUIRE(result.histograms.size() == 1);
  CHECK_FALSE(result.histograms[0].mean);
  CHECK_FALSE(result.histograms[0].median);
  CHECK_FALSE(result.histograms[0].p99);
}

TEST_CASE("buckets ascend, have their ends in order and no negative counts")
{
  CHECK(result_of(with_buckets("[[1, 2, 1], [2, 2, 0], [2, 3, 2]]")).histograms[0].buckets.size() == 3);
  for (const char* const buckets :
       {"[[2, 1, 1]]", "[[1, 2, -1]]", "[[1, 2]]", "[[1, 2, \"x\"]]", "[7]", "[[2, 3, 1], [1, 2, 1]]"}) {
    INFO(buckets);
    CHECK_THAT(problem_of(with_buckets(buckets)), Catch::Contains("a bucket [low, high, count] above the one before"));
  }
}

TEST_CASE("a file of another kind, no JSON or a missing number is told with its place")
{
  CHECK_THAT(problem_of("{\n\"schema\": \"cmsim-sweep/1\"}"),
             Catch::Contains("result.json:2:") && Catch::Contains("\"cmsim-result/1\" or \"cmsim-point/1\""));
  CHECK_THAT(problem_of("{}"), Catch::Contains("cmsim-result/1"));
  CHECK_THAT(problem_of("{\"schema\": "), Catch::Contains("result.json:1:"));
  CHECK_THAT(problem_of(small_json("\"tpot_ms\": {\"unit\": \"ms\"}")), Catch::Contains("tpot_ms"));
}

TEST_CASE("the whole that a breakdown adds up to is the one that the file names")
{
  std::string text = small_json("");
  text.insert(1, R"("breakdown_of": "the time to first token", )");
  CHECK(result_of(text).breakdown_of == "the time to first token");
  CHECK(result_of(small_json("")).lanes.empty());
}
