#include "sim/diagnostics/errors.h"
#include "sim/metrics/result.h"

#include <catch2/catch.hpp>

#include <limits>
#include <string>

using cm::SimulationError;
using namespace cm::sim::metrics;

namespace {

constexpr MetricTable Metrics{std::to_array<MetricDeclaration>({
    {"latency_us", "us", Better::Lower, "time of an access", "end minus start"},
    {"bandwidth_gb_s", "GB/s", Better::Higher, "rate of an access", "bytes over time"},
    {"kv_*_us", "us", Better::Lower, "time of an access to a tier", "end minus start", Shape::Histogram},
})};

Result small_result()
{
  Result result;
  result.manifest.scenario = "configs/scenarios/p2p.yaml";
  result.manifest.configuration_digest = "0123";
  result.manifest.seed = 18446744073709551615ULL;
  result.manifest.version = "0.1.0";
  result.manifest.commit = "757147b1f0aa-dirty";
  result.manifest.evidence_counts = {{"measured", 2}, {"assumed", 1}};
  result.manifest.assumed = {"machine.x = 1: a guess"};
  result.manifest.engine_settings = {{"network/crosstraffic", "0"}};
  result.add(Metrics["latency_us"], 1.9);
  result.add(Metrics["bandwidth_gb_s"], 0.1, "190 B / 1.9 us");
  result.breakdown.push_back({"attention", 12.5, "us"});
  result.lanes.push_back({"sub-plane 0", 100, "%"});
  result.warnings.emplace_back("say \"why\"");
  return result;
}

}  // namespace

TEST_CASE("a result is written with its keys in the promised order")
{
  const std::string expected = R"({
  "schema": "cmsim-result/1",
  "run": {
    "scenario": "configs/scenarios/p2p.yaml",
    "configuration_digest": "0123",
    "seed": 18446744073709551615,
    "version": "0.1.0",
    "commit": "757147b1f0aa-dirty",
    "steady": true,
    "evidence": {
      "assumed": 1,
      "measured": 2
    },
    "assumed": [
      "machine.x = 1: a guess"
    ],
    "engine_settings": {
      "network/crosstraffic": "0"
    }
  },
  "metrics": {
    "latency_us": {
      "value": 1.9,
      "unit": "us",
      "better": "lower",
      "meaning": "time of an access",
      "formula": "end minus start"
    },
    "bandwidth_gb_s": {
      "value": 0.1,
      "unit": "GB/s",
      "better": "higher",
      "meaning": "rate of an access",
      "formula": "190 B / 1.9 us"
    }
  },
  "histograms": {},
  "breakdown": {
    "attention": {
      "value": 12.5,
      "unit": "us"
    }
  },
  "sub_planes": {
    "sub-plane 0": {
      "value": 100.0,
      "unit": "%"
    }
  },
  "series": {},
  "notes": [],
  "warnings": [
    "say \"why\""
  ]
}
)";
  CHECK(to_json(small_result()) == expected);
}

TEST_CASE("an empty result still has every section")
{
  const std::string text = to_json(Result{});
  for (const char* part :
       {R"("evidence": {})", R"("assumed": [])", R"("engine_settings": {})", R"("metrics": {})", R"("histograms": {})",
        R"("breakdown": {})", R"("sub_planes": {})", R"("series": {})", R"("warnings": [])"})
    CHECK_THAT(text, Catch::Contains(part));
}

TEST_CASE("a histogram is written with its quantiles and buckets")
{
  Result result;
  Histogram histogram("us");
  histogram.record(4.0, 10);
  result.add(Metrics["kv_*_us"], "access", histogram);
  const std::string text = to_json(result);
  CHECK_THAT(text, Catch::Contains(R"("kv_access_us": {
      "unit": "us",
      "better": "lower",
      "meaning": "time of an access to a tier",
      "count": 10,
      "mean": 4.0,
      "min": 4.0,
      "p50": 4.0,
      "p90": 4.0,
      "p95": 4.0,
      "p99": 4.0,
      "p999": 4.0,
      "max": 4.0,
      "buckets": [
        [
)"));
}

TEST_CASE("a histogram of nothing is written without statistics")
{
  Result result;
  result.add(Metrics["kv_*_us"], "ssd", Histogram("us"));
  CHECK_THAT(to_json(result), Catch::Contains(R"("kv_ssd_us": {
      "unit": "us",
      "better": "lower",
      "meaning": "time of an access to a tier",
      "count": 0,
      "buckets": []
    })"));
}

TEST_CASE("a metric without a value is not there, and a cell without one is null")
{
  Result result;
  result.add(Metrics["latency_us"], share_of(3, 0));
  CHECK(result.metrics.empty());
  result.add(Metrics["latency_us"], share_of(3, 4));
  CHECK(result.find("latency_us")->value == 0.75);
  result.tables.push_back({"t", "s", {"row", "a", "b"}, {{"one", {cell_of(std::nullopt), cell_of(2.0)}}}});
  CHECK_THAT(to_json(result), Catch::Contains(R"("one",
          null,
          2.0)"));
}

TEST_CASE("a name with a star stands for the names that put a word there")
{
  CHECK(is_name_of(Metrics["kv_*_us"], "kv_access_us"));
  CHECK_FALSE(is_name_of(Metrics["kv_*_us"], "kv_us"));
  CHECK_FALSE(is_name_of(Metrics["kv_*_us"], "kv_access_ms"));
  CHECK_FALSE(is_name_of(Metrics["latency_us"], "latency_u"));
  MetricDeclaration few = Metrics["kv_*_us"];
  few.words = "hbm, local_dram";
  CHECK(is_name_of(few, "kv_local_dram_us"));
  CHECK_FALSE(is_name_of(few, "kv_dram_us"));
  CHECK(statistic_name("ttft_ms", "p99") == "ttft_p99_ms");
  CHECK(statistic_name("hops", "mean") == "hops_mean");
}

TEST_CASE("a series is written as two lists of one length")
{
  Result result;
  result.series.emplace_back("queue_bytes", Series{"B", {0.0, 0.5}, {1.0, 2.0}});
  CHECK_THAT(to_json(result), Catch::Contains(R"("unit": "B",
      "time_s": [
        0.0,
        0.5
      ],
      "value": [)"));
  result.series.back().second.value.pop_back();
  CHECK_THROWS_AS(to_json(result), SimulationError);
}

TEST_CASE("a metric is found by its name")
{
  const Result result = small_result();
  REQUIRE(result.find("bandwidth_gb_s") != nullptr);
  CHECK(result.find("bandwidth_gb_s")->value == 0.1);
  CHECK(result.find("absent") == nullptr);
}

TEST_CASE("a metric is added once and is finite")
{
  Result result = small_result();
  CHECK_THROWS_AS(result.add(Metrics["latency_us"], 2), SimulationError);
  CHECK_THROWS_AS(Result{}.add(Metrics["latency_us"], std::numeric_limits<double>::infinity()), SimulationError);
  CHECK(result.metrics.size() == 2);
}

TEST_CASE("names that stand twice and values that are no numbers do not get written")
{
  Result twice = small_result();
  twice.breakdown.push_back(twice.breakdown.front());
  CHECK_THROWS_AS(to_json(twice), SimulationError);

  Result infinite = small_result();
  infinite.breakdown.front().value = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(to_json(infinite), SimulationError);
}

TEST_CASE("a scenario name that is no UTF-8 does not lose the result")
{
  Result result = small_result();
  result.manifest.scenario = "a\xff.yaml";
  CHECK_THAT(to_json(result), Catch::Contains("a\u00ef\u00bf\u00bd.yaml") || Catch::Contains("a\ufffd.yaml"));
}
