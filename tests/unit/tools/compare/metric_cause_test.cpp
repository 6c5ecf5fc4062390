#include "tests/unit/tools/compare/stored_results.h"
#include "tools/compare/comparison.h"
#include "tools/compare/comparison_format.h"
#include "tools/compare/metric_cause.h"
#include "workloads/serving_report/serving_metric_table.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

using namespace cm::tools;
using cm::sim::metrics::Histogram;
using cm::sim::metrics::Result;
using cm::tests::TemporaryFolder;
using cm::workloads::ServingMetrics;

namespace {

struct Service {
  double refused = 0;
  double attainment = 0.97;
  double arrival_rps = 3.5;
  double kv_peak = 0.14;
  double queue_ms = 20;
  bool answers = true;  // some requests are finished
};

std::string service_json(const Service& service)
{
  Result result;
  result.breakdown_of = "the time to first token";
  result.add(ServingMetrics["arrival_rps"], service.arrival_rps);
  result.add(ServingMetrics["requests_refused"], service.refused);
  result.add(ServingMetrics["slo_attainment"], service.attainment);
  Histogram ttft("ms");
  if (service.answers) {
    result.add(ServingMetrics["decode_kv_peak"], service.kv_peak);
    result.breakdown = {{"queue for prefill", service.queue_ms, "ms"}, {"prefill", 900, "ms"}};
    ttft.record(900 + service.queue_ms);
  }
  result.add(ServingMetrics["ttft_ms"], ttft);
  return to_json(result);
}

Comparison compared(const std::string& before, const std::string& now)
{
  const TemporaryFolder folder;
  cm::sim::config::ReadingLog log;
  const ResultSet old_set = read_results(folder.with("old/result.json", before), log);
  const ResultSet new_set = read_results(folder.with("new/result.json", now), log);
  REQUIRE(log.problems.empty());
  return compare(old_set, new_set, {});
}

ComparedMetric metric_of(const Comparison& comparison, const std::string& name)
{
  const auto& metrics = comparison.points.at(0).metrics;
  const auto found = std::ranges::find(metrics, name, &ComparedMetric::name);
  REQUIRE(found != metrics.end());
  return *found;
}

// As versions wrote it that gave attainments no direction and rates of any kind one.
std::string with_old_directions(std::string text)
{
  const auto change = [&](const std::string& metric, const std::string& from, const std::string& to) {
    const std::size_t place = text.find(from, text.find("\"" + metric + "\": {"));
    text.replace(place, from.size(), to);
  };
  change("slo_attainment", "\"higher\"", "\"neither\"");
  change("arrival_rps", "\"neither\"", "\"higher\"");
  return text;
}

ComparedMetric moved(const std::string& name, std::optional<double> before, std::optional<double> now)
{
  return {.name = name, .unit = "us", .old_value = before, .new_value = now, .verdict = Verdict::Changed};
}

// Cause of an access that takes longer, beside how some of its parts moved.
std::string cause_of_access(std::vector<ComparedMetric> metrics)
{
  metrics.insert(metrics.begin(), moved("kv_access_mean_us", 10, 12));
  explain_metrics({}, metrics);
  return metrics.front().cause;
}

}  // namespace

TEST_CASE("an attainment that collapses is a regression, also in results that gave it no direction")
{
  const Comparison comparison =
      compared(with_old_directions(service_json({})),
               with_old_directions(service_json({.refused = 149, .attainment = 0.01, .arrival_rps = 3})));
  CHECK(comparison.has_regression());
  CHECK(metric_of(comparison, "slo_attainment").verdict == Verdict::Worse);
  CHECK(metric_of(comparison, "slo_attainment").cause == "requests_refused 149, was 0");
  CHECK(metric_of(comparison, "arrival_rps").verdict == Verdict::Changed);
  CHECK_THAT(comparison_table(comparison), Catch::Contains("\ncause of slo_attainment: requests_refused 149, was 0\n"));
}

TEST_CASE("a service that answers nobody is better in nothing")
{
  const Comparison comparison =
      compared(service_json({}), service_json({.refused = 150, .attainment = 0, .answers = false}));
  for (const ComparedMetric& metric : comparison.points.at(0).metrics) {
    INFO(metric.name);
    CHECK(metric.verdict != Verdict::Better);
  }
  for (const char* const lost : {"ttft_mean_ms", "ttft_p99_ms", "decode_kv_peak"})
    CHECK(metric_of(comparison, lost).verdict == Verdict::Lost);
  CHECK(comparison.points[0].histograms.empty());
  CHECK(comparison.points[0].breakdown.empty());
  CHECK_FALSE(comparison.points[0].cause.is_known());
  const Comparison back = compared(service_json({.refused = 150, .attainment = 0, .answers = false}), service_json({}));
  CHECK(metric_of(back, "ttft_mean_ms").verdict == Verdict::Added);
}

TEST_CASE("a histogram of nothing that states zeros has no numbers either")
{
  std::string before = service_json({.refused = 150, .attainment = 0, .answers = false});
  const std::string count = "\"count\": 0,";
  before.insert(before.find(count) + count.size(), " \"mean\": 0, \"p50\": 0, \"p99\": 0,");
  CHECK(metric_of(compared(before, service_json({})), "ttft_p50_ms").verdict == Verdict::Added);
}

TEST_CASE("a number without a direction is lost too, one that shows trouble is not")
{
  Result result;
  result.add(ServingMetrics["sustainable_rps"], 2.0);
  result.add(ServingMetrics["npus"], 256.0);
  const Comparison comparison = compared(to_json(result), to_json(Result{}));
  CHECK(metric_of(comparison, "npus").verdict == Verdict::Lost);
  CHECK(metric_of(comparison, "sustainable_rps").verdict == Verdict::Changed);
}

TEST_CASE("the cause of a time to first token is a part of it, and of nothing called a layer")
{
  const Comparison comparison = compared(service_json({}), service_json({.queue_ms = 60}));
  const std::string cause = "queue for prefill +40 ms of +40 ms in the time to first token (100 %)";
  CHECK(metric_of(comparison, "ttft_mean_ms").cause == cause);
  CHECK(cause_text(comparison.points[0]) == cause);
  const Comparison refusing = compared(service_json({}), service_json({.refused = 1}));
  CHECK(cause_text(refusing.points[0]) == "no part of the time to first token changed with it");
  CHECK(metric_of(refusing, "requests_refused").cause.empty());
}

TEST_CASE("regressions with the same cause share a line")
{
  const std::vector<std::string> lines = metric_cause_lines(
      compared(service_json({}), service_json({.refused = 150, .attainment = 0, .answers = false})).points[0]);
  CHECK(lines == std::vector<std::string>{
                     "slo_attainment, ttft_mean_ms, ttft_p50_ms, ttft_p99_ms: requests_refused 150, was 0"});
}

TEST_CASE("what moved the other way is no cause")
{
  // Requests wait less, and fewer hold their level all the same.
  const Comparison comparison =
      compared(service_json({.queue_ms = 500}), service_json({.attainment = 0.5, .queue_ms = 20}));
  CHECK(metric_of(comparison, "slo_attainment").verdict == Verdict::Worse);
  CHECK(metric_of(comparison, "ttft_mean_ms").verdict == Verdict::Better);
  CHECK_THAT(metric_of(comparison, "ttft_mean_ms").cause, Catch::StartsWith("queue for prefill -480"));
  const std::string table = comparison_table(comparison);
  CHECK_THAT(table, Catch::Contains("cause: none that is known: the parts of the time to first token moved the other"));
  CHECK_THAT(table, !Catch::Contains("cause: queue for prefill"));
}

TEST_CASE("more refused requests are the cause of a lower attainment and fewer are not")
{
  const Comparison more = compared(service_json({}), service_json({.refused = 9, .attainment = 0.5}));
  CHECK(metric_of(more, "slo_attainment").cause == "requests_refused 9, was 0");
  const Comparison fewer = compared(service_json({.refused = 9}), service_json({.attainment = 0.5}));
  CHECK_THAT(metric_of(fewer, "slo_attainment").cause,
             Catch::StartsWith("none that is known: ") && Catch::EndsWith("requests_refused moved the other way"));
}

TEST_CASE("a histogram follows from the means of others, all that moved its way")
{
  CHECK(cause_of_access({moved("kv_mmu_mean_us", 1, 2), moved("kv_ub_mean_us", 5, 4),
                         moved("kv_memory_mean_us", 4, 6)}) == "kv_mmu_mean_us 2, was 1; kv_memory_mean_us 6, was 4");
  CHECK(cause_of_access({moved("kv_mmu_mean_us", {}, 2)}) == "kv_mmu_mean_us 2, which is new");
  CHECK(cause_of_access({moved("kv_mmu_mean_us", 1, {})}) == "kv_mmu_mean_us is gone");
}

TEST_CASE("a cause that is not known names what stood still and what made up for some of the change")
{
  CHECK(cause_of_access({}) == "none that is known: no change of kv_mmu_us, kv_ub_us, kv_memory_us");
  CHECK(cause_of_access({moved("kv_ub_mean_us", 5, 4)}) ==
        "none that is known: no change of kv_mmu_us, kv_memory_us; kv_ub_mean_us moved the other way");
}

TEST_CASE("what is equal needs no cause, a metric keeps its own, and an unknown one has that of the whole")
{
  std::vector<ComparedMetric> metrics{moved("kv_access_mean_us", 10, 10), moved("tflops", 5, 4),
                                      moved("novel_us", 1, 2)};
  metrics[0].verdict = Verdict::Equal;
  metrics[1].cause = "its own";
  Cause whole;
  whole.whole = "the time of a layer";
  whole.change = 1;
  whole.unit = "us";
  whole.parts.push_back({.part = "attention", .old_value = 5, .new_value = 6, .unit = "us", .share = 1});
  explain_metrics(whole, metrics);
  CHECK(metrics[0].cause.empty());
  CHECK(metrics[1].cause == "its own");
  CHECK(metrics[2].cause == to_text(whole));
  CHECK_THAT(metrics[2].cause, Catch::StartsWith("attention +1"));
}
