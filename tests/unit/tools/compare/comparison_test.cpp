#include "tests/unit/tools/compare/stored_results.h"
#include "tools/compare/comparison.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <regex>

using namespace cm::tools;
using cm::sim::metrics::Result;
using cm::tests::point_json;
using cm::tests::result_json;
using cm::tests::SmallResult;
using cm::tests::TemporaryFolder;

namespace {

Comparison compared(const TemporaryFolder& folder, const std::vector<std::string>& tolerances = {})
{
  cm::sim::config::ReadingLog log;
  const ResultSet old_set = read_results(folder.file("old"), log);
  const ResultSet new_set = read_results(folder.file("new"), log);
  REQUIRE(log.problems.empty());
  return compare(old_set, new_set, read_tolerances(tolerances));
}

ComparedPoint compared_point(const SmallResult& before, const SmallResult& now,
                             const std::vector<std::string>& tolerances = {})
{
  const TemporaryFolder folder;
  folder.put("old/result.json", result_json(before));
  folder.put("new/result.json", result_json(now));
  return compared(folder, tolerances).points.at(0);
}

Verdict verdict_of(const ComparedPoint& point, const std::string& metric)
{
  const auto found = std::ranges::find(point.metrics, metric, &ComparedMetric::name);
  REQUIRE(found != point.metrics.end());
  return found->verdict;
}

}  // namespace

TEST_CASE("a higher TPOT is worse and a higher throughput better")
{
  const ComparedPoint worse = compared_point({}, {.tpot_ms = 51.5});
  CHECK(worse.verdict == Verdict::Worse);
  CHECK(verdict_of(worse, "tpot_ms") == Verdict::Worse);
  CHECK(verdict_of(worse, "tokens_per_s_per_npu") == Verdict::Equal);
  CHECK(verdict_of(compared_point({}, {.tpot_ms = 48}), "tpot_ms") == Verdict::Better);
  CHECK(verdict_of(compared_point({}, {.tokens_per_s = 1900}), "tokens_per_s_per_npu") == Verdict::Worse);
  CHECK(compared_point({}, {.tokens_per_s = 2100}).verdict == Verdict::Better);
}

TEST_CASE("of a steady run and one that is not, steadiness alone is judged")
{
  Result steady = cm::tests::to_result({});
  Result overloaded = cm::tests::to_result({.tpot_ms = 40});
  overloaded.manifest.steady = false;
  overloaded.warnings = {"OVERLOADED: 9 arrive"};
  const TemporaryFolder folder;
  folder.put("old/result.json", to_json(steady));
  folder.put("new/result.json", to_json(overloaded));
  const ComparedPoint collapsed = compared(folder).points.at(0);
  CHECK(verdict_of(collapsed, "tpot_ms") == Verdict::Changed);
  CHECK(verdict_of(collapsed, "steady") == Verdict::Worse);
  CHECK(collapsed.verdict == Verdict::Worse);
  CHECK(collapsed.metrics.back().cause == "OVERLOADED: 9 arrive");

  folder.put("old/result.json", to_json(overloaded));
  folder.put("new/result.json", to_json(steady));
  const ComparedPoint relieved = compared(folder).points.at(0);
  CHECK(verdict_of(relieved, "steady") == Verdict::Better);
  CHECK(verdict_of(relieved, "tpot_ms") == Verdict::Changed);
  CHECK(relieved.verdict == Verdict::Better);
}

TEST_CASE("steadiness is judged only where both results tell it")
{
  Result overloaded = cm::tests::to_result({});
  overloaded.manifest.steady = false;
  const TemporaryFolder folder;
  const std::string silent = std::regex_replace(result_json(), std::regex(R"("steady": true,?)"), "");
  REQUIRE(silent != result_json());
  folder.put("old/result.json", silent);
  folder.put("new/result.json", to_json(overloaded));
  CHECK(compared(folder).points.at(0).verdict == Verdict::Equal);
  folder.put("old/result.json", to_json(overloaded));
  CHECK(compared(folder).points.at(0).verdict == Verdict::Equal);
}

TEST_CASE("a change up to the tolerance is none")
{
  CHECK(compared_point({}, {.tpot_ms = 50.5}).verdict == Verdict::Equal);
  CHECK(compared_point({}, {.tpot_ms = 50.51}).verdict == Verdict::Worse);
  CHECK(compared_point({}, {.tpot_ms = 50.51}, {"tpot_ms=2%"}).verdict == Verdict::Equal);
  CHECK(compared_point({}, {.tpot_ms = 50.4}, {"tpot_ms=0%"}).verdict == Verdict::Worse);
}

TEST_CASE("a tolerance is a share of the old value")
{
  // The differences are just beyond 1 % of 50, and just within 1 % of the new values.
  CHECK(compared_point({}, {.tpot_ms = 50.504}).verdict == Verdict::Worse);
  CHECK(compared_point({.tpot_ms = 50.504}, {.tpot_ms = 50}).verdict == Verdict::Equal);
  CHECK(compared_point({}, {.tpot_ms = 49.5}).verdict == Verdict::Equal);
}

TEST_CASE("a number without a better side is changed, and no regression")
{
  const ComparedPoint point = compared_point({}, {.hops = 2000});
  CHECK(point.verdict == Verdict::Changed);
  CHECK_FALSE(is_regression(point.verdict));
}

TEST_CASE("the numbers of a histogram are judged, and its distance is told")
{
  const ComparedPoint point = compared_point({}, {.slowest_us = 8});
  CHECK(verdict_of(point, "wait_p99_us") == Verdict::Worse);
  CHECK(verdict_of(point, "wait_p50_us") == Verdict::Equal);
  REQUIRE(point.histograms.size() == 1);
  CHECK(point.histograms[0].distance.moved == Approx(0.4).epsilon(0.01));
  CHECK(point.histograms[0].distance.largest_gap == Approx(0.1));
}

TEST_CASE("a regression names the part of the layer that it comes from")
{
  const ComparedPoint point = compared_point({}, {.tpot_ms = 51.5, .attention_us = 601, .dispatch_us = 121});
  REQUIRE(point.cause.parts.size() == 1);
  CHECK(point.cause.parts[0].part == "dispatch");
}

TEST_CASE("metrics that are gone or new are told, and losing one is a regression")
{
  const TemporaryFolder folder;
  cm::sim::metrics::Result result = cm::tests::to_result({});
  folder.put("old/result.json", to_json(result));
  result.metrics.front().name = "tpot_new_ms";
  folder.put("new/result.json", to_json(result));
  const ComparedPoint point = compared(folder).points.at(0);
  CHECK(verdict_of(point, "tpot_ms") == Verdict::Lost);
  CHECK(verdict_of(point, "tpot_new_ms") == Verdict::Added);
  CHECK(is_regression(point.verdict));
}

TEST_CASE("points are compared by what they are called, not by their number")
{
  const TemporaryFolder folder;
  folder.put("old/points/1.json", point_json(8, "done"));
  folder.put("old/points/2.json", point_json(16, "done"));
  folder.put("new/points/1.json", point_json(16, "done", {.tpot_ms = 60}));
  folder.put("new/points/2.json", point_json(8, "done"));
  const Comparison comparison = compared(folder);
  REQUIRE(comparison.points.size() == 2);
  CHECK(comparison.points[0].label == "ep, workload.ep=8, seed 1");
  CHECK(comparison.points[0].verdict == Verdict::Equal);
  CHECK(comparison.points[1].verdict == Verdict::Worse);
  CHECK(comparison.has_regression());
}

TEST_CASE("points are lost when they are gone or refused now, and added the other way round")
{
  const TemporaryFolder folder;
  folder.put("old/points/1.json", point_json(8, "done"));
  folder.put("old/points/2.json", point_json(16, "done"));
  folder.put("old/points/3.json", point_json(32, "refused"));
  folder.put("old/points/4.json", point_json(64, "refused"));
  folder.put("new/points/1.json", point_json(8, "refused"));
  folder.put("new/points/3.json", point_json(32, "done"));
  folder.put("new/points/4.json", point_json(64, "refused"));
  folder.put("new/points/5.json", point_json(128, "done"));
  const Comparison comparison = compared(folder);
  CHECK(comparison.count(Verdict::Lost) == 2);
  CHECK(comparison.count(Verdict::Added) == 2);
  CHECK(comparison.count(Verdict::Equal) == 1);
  CHECK(comparison.points[0].reason == "refused: does not fit the HBM");
  CHECK(comparison.has_regression());
}

TEST_CASE("assumed numbers that differ between the configurations are told")
{
  const TemporaryFolder folder;
  cm::sim::metrics::Result result = cm::tests::to_result({});
  folder.put("old/result.json", to_json(result));
  result.manifest.configuration_digest = "4567";
  result.manifest.assumed = {"machine.ub.mtu = 4 KiB: set in --set:1", "machine.nodes = 2: small"};
  folder.put("new/result.json", to_json(result));
  const ComparedPoint point = compared(folder).points.at(0);
  CHECK_FALSE(point.is_same_configuration);
  CHECK(point.numbers == std::vector<std::string>{"machine.nodes: assumed 2 now", "machine.ub.mtu: 4 KiB, was 8 KiB"});
  CHECK(point.verdict == Verdict::Equal);
}

TEST_CASE("a tolerance of a metric that nobody has is an error with the nearest name")
{
  const TemporaryFolder folder;
  folder.put("old/result.json", result_json());
  cm::sim::config::ReadingLog log;
  const ResultSet set = read_results(folder.file("old"), log);
  refuse_unknown(read_tolerances({"tpot_m=1%", "wait_us=1%", "wait_p99_us=1%"}), set, set, log);
  REQUIRE(log.problems.size() == 1);
  CHECK_THAT(log.problems[0], Catch::Contains("unknown metric \"tpot_m\"") && Catch::Contains("\"tpot_ms\"?"));
}

TEST_CASE("a tolerance of what no workload reports is an error before there are results")
{
  Tolerances tolerances;
  tolerances.of_metric = {{"tpot_ms", 0.02}, {"ttft_ms", 0.02}, {"ttft_p99_ms", 0.02}};
  CHECK_NOTHROW(refuse_unknown(tolerances));
  tolerances.of_metric["tpot_m"] = 0.02;
  CHECK_THROWS_WITH(refuse_unknown(tolerances),
                    Catch::Contains("--tolerance: ") && Catch::Contains("found \"tpot_m\"; did you mean \"tpot_ms\"?"));
}
