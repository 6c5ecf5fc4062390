#include "tests/unit/sim/temporary_folder.h"
#include "tools/runner/run.h"
#include "tools/workload_kinds/metric_catalogue.h"
#include "tools/workload_kinds/workload_table.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

using namespace cm::tools;
using cm::sim::metrics::Better;
using cm::sim::metrics::MetricDeclaration;
using cm::sim::metrics::Result;
using cm::sim::metrics::Shape;

namespace {

Result run(const std::string& scenario, const std::vector<std::string>& sets)
{
  const std::string root = CM_SOURCE_DIR "/configs";
  cm::sim::metrics::NoProgress progress;
  return run_scenario(
             {.path = root + "/scenarios/" + scenario + ".yaml", .sets = sets, .seed = {}, .config_root = root},
             progress)
      .result;
}

const WorkloadKind& kind_of(std::string_view name)
{
  const auto kinds = workload_table();
  const auto found = std::ranges::find(kinds, name, &WorkloadKind::name);
  REQUIRE(found != kinds.end());
  return *found;
}

// The row of a workload's table that a reported name goes back to.
std::string_view declared(const WorkloadKind& kind, const std::string& name, Shape shape)
{
  for (const bool has_star : {false, true})
    for (const MetricDeclaration& row : kind.metrics)
      if (row.shape == shape && is_name_of(row, name) && (row.name.find('*') != std::string_view::npos) == has_star)
        return row.name;
  return {};
}

// Checks that the reported metrics are the declared ones, but for `rare`.
void compare_with_table(std::string_view kind_name, const std::vector<Result>& results,
                        const std::set<std::string_view>& rare = {})
{
  const WorkloadKind& kind = kind_of(kind_name);
  std::set<std::string_view> reported(rare);
  for (const Result& result : results) {
    for (const auto& metric : result.metrics) {
      INFO(kind_name << " reports " << metric.name);
      const std::string_view row = declared(kind, metric.name, Shape::Number);
      CHECK_FALSE(row.empty());
      reported.insert(row);
    }
    for (const auto& histogram : result.histograms) {
      INFO(kind_name << " reports " << histogram.name);
      const std::string_view row = declared(kind, histogram.name, Shape::Histogram);
      CHECK_FALSE(row.empty());
      reported.insert(row);
    }
  }
  for (const MetricDeclaration& row : kind.metrics) {
    INFO(kind_name << " declares " << row.name);
    CHECK(reported.contains(row.name));
  }
}

}  // namespace

TEST_CASE("every metric has a unit, a phrase and a formula, and follows from what its workload reports")
{
  for (const WorkloadKind& kind : workload_table())
    for (const MetricDeclaration& row : kind.metrics) {
      INFO(kind.name << ": " << row.name);
      CHECK_FALSE(row.unit.empty());
      CHECK_FALSE(row.formula.empty());
      // Two words are a phrase at least; a clause that hangs on the name is none.
      CHECK(row.meaning.find(' ') != std::string_view::npos);
      for (const char* const opening : {"that ", "of ", "what ", "which ", "the same "})
        CHECK_FALSE(row.meaning.starts_with(opening));
      for (const std::string_view name : cm::sim::metrics::items_of(row.follows))
        CHECK((name == cm::sim::metrics::Breakdown ||
               std::ranges::find(kind.metrics, name, &MetricDeclaration::name) != kind.metrics.end()));
    }
}

TEST_CASE("a name is declared once in a workload, with one unit and direction in all")
{
  std::map<std::string_view, const MetricDeclaration*> known;
  for (const WorkloadKind& kind : workload_table()) {
    std::set<std::string_view> names;
    for (const MetricDeclaration& row : kind.metrics) {
      INFO(kind.name << ": " << row.name);
      CHECK(names.insert(row.name).second);
      const auto [other, is_new] = known.emplace(row.name, &row);
      CHECK(other->second->unit == row.unit);
      CHECK(other->second->better == row.better);
    }
  }
}

TEST_CASE("times are better lower and inputs have no direction")
{
  const auto better = [](std::string_view name) {
    const auto found = find_metric(name);
    INFO(name);
    REQUIRE(found);
    return found->declaration.better;
  };
  for (const WorkloadKind& kind : workload_table())
    for (const MetricDeclaration& row : kind.metrics)
      if (cm::sim::metrics::better_by_unit(row.unit) == Better::Lower && row.name != "tpot_ci95_ms")
        CHECK(row.better == Better::Lower);
  for (const char* const name :
       {"goodput_rps", "slo_attainment", "slo_ttft_attainment", "slo_tpot_attainment", "hit_rate",
        "output_tokens_per_s", "output_tokens_per_s_per_npu", "requests_finished", "capacity_rps"})
    CHECK(better(name) == Better::Higher);
  for (const char* const name : {"requests_refused", "decode_kv_peak", "prefill_delayed", "itl_p99_ms", "cells_error"})
    CHECK(better(name) == Better::Lower);
  for (const char* const name : {"arrival_rps", "npus", "requests", "warm_up_requests", "microbatches"})
    CHECK(better(name) == Better::Neither);
}

TEST_CASE("a metric is found by the names that results, comparisons and sweeps have for it")
{
  CHECK(find_metric("tpot_ms")->declaration.name == "tpot_ms");
  CHECK(find_metric("latency_remote_dram_us")->declaration.name == "latency_*_us");
  CHECK(find_metric("ems_switch_hits")->declaration.name == "*_switch_hits");
  CHECK(find_metric("hit_rate_dram")->declaration.name == "hit_rate_dram");
  CHECK(find_metric("kv_access_us")->declaration.name == "kv_access_us");
  CHECK(find_metric("ttft_p99_ms")->declaration.shape == Shape::Histogram);
  CHECK(find_metric("ttft_p99_ms")->statistic == "p99");
  CHECK(find_metric("kv_ssd_mean_us")->declaration.name == "kv_*_us");
  CHECK_FALSE(find_metric("ttft_p98_ms"));
  CHECK_FALSE(find_metric("hit_rat_dram"));
}

// Runs with events report a few metrics more.
const std::string Event = "events=[{at: 0 s, part: \"die:3\", change: slower, rate: 90 %}]";

TEST_CASE("a workload without experts or requests reports what its table declares")
{
  compare_with_table("p2p", {run("p2p", {Event})});
  compare_with_table("gemm", {run("gemm", {})});
}

// One engine a process, so one test a workload that has one.
TEST_CASE("a model's start reports what its table declares")
{
  compare_with_table("model-load", {run("model-load", {"workload.switches=100"})});
}

TEST_CASE("a collective reports what its table declares")
{
  compare_with_table("collective", {run("collective", {"workload.ranks=8", Event})});
}

TEST_CASE("an expert exchange reports what its table declares")
{
  compare_with_table("ep", {run("ep", {Event, "workload.ep=8", "workload.tokens_per_rank=8", "workload.repeats=1"})},
                     {"redundant_copies"});
}

TEST_CASE("accesses to pooled memory report what their table declares")
{
  compare_with_table("kv",
                     {run("kv-access", {"workload.readers=2", "workload.accesses=2", "workload.blocks=64",
                                        "workload.compare={stripes: [1, 2]}", "workload.migration={policy: lru}"})});
}

TEST_CASE("decode with experts reports what its table declares")
{
  const std::vector<std::string> experts{Event,
                                         "workload.ep=32",
                                         "model.layers=5",
                                         "workload.batch_per_npu=16",
                                         "workload.iterations=2",
                                         "workload.experts={redundant: 0, shared_copies: 32}",
                                         "workload.compare_quantisation=true",
                                         "workload.accuracy_retention=0.99"};
  compare_with_table("decode", {run("decode-ep320", experts)},
                     {"redundant_copies", "shared_copies", "tensor_exchange_us"});
}

TEST_CASE("prefill reports what its table declares")
{
  compare_with_table("prefill",
                     {run("prefill-ep32", {Event, "model.layers=5", "workload.npus=4", "workload.experts=auto"})});
}

TEST_CASE("a service that is overloaded reports what its table declares")
{
  // A search for the capacity is several runs, and adds its metrics to the last one.
  compare_with_table(
      "serving",
      {run("serving-pdc",
           {"workload.generator.requests=400", "workload.generator.rate=4000", "model.layers=4",
            "workload.cell_layers=2", "workload.cell_cache=false", "workload.prefill_instances=1",
            "workload.prefill.npus=4", "workload.prefill.experts=auto", "workload.decode.ep=32",
            "workload.decode.experts=auto", "workload.decode.batch_per_npu=8", "workload.pool.nodes=2"})},
      {"capacity_rps", "capacity_load", "trace_lines_skipped", "trace_requests_failed"});
}

TEST_CASE("a decode of dense layers alone has no mean MoE layer")
{
  const Result result =
      run("decode-ep320", {"workload.ep=32", "model.layers=3", "workload.batch_per_npu=16", "workload.iterations=1",
                           "workload.mtp.tokens=0", "workload.experts={redundant: 0, shared_copies: 32}"});
  CHECK(result.find("tpot_ms") != nullptr);
  CHECK(result.find("layer_us") == nullptr);
  CHECK(result.breakdown.empty());
  for (const char* histogram : {"dispatch_us", "combine_us", "rank_wait_us"})
    CHECK(std::ranges::find(result.histograms, histogram, &cm::sim::metrics::NamedHistogram::name) ==
          result.histograms.end());
  CHECK(std::ranges::find(result.notes, "no MoE layer is left (model.layers=3, model.dense_layers=3): layer times and "
                                        "breakdown are absent") != result.notes.end());
}

TEST_CASE("a service that no request fits states no latency, no part of one and no hit rate")
{
  const cm::tests::TemporaryFolder folder;
  std::string trace;
  for (int i = 0; i < 20; ++i)
    trace += fmt::format("{{\"timestamp\": {}, \"input_length\": 300000, \"output_length\": 50}}\n", 500 * i);
  const Result result = run("serving-mooncake", {"workload.trace=" + folder.with("nobody.jsonl", trace)});
  CHECK(result.find("slo_attainment")->value == 0);
  CHECK(result.find("requests_refused")->value == 20);
  CHECK(result.find("output_tokens_per_s")->value == 0);
  for (const char* const of_nothing : {"prefill_batch_fill", "prefill_tokens_per_batch", "prefill_tokens_per_s_per_npu",
                                       "prefill_delayed", "decode_delayed", "decode_kv_peak", "hit_rate",
                                       "hit_rate_dram", "hit_rate_volume", "pool_dropped_blocks", "cells_error"}) {
    INFO(of_nothing);
    CHECK(result.find(of_nothing) == nullptr);
  }
  CHECK(result.breakdown.empty());
  for (const auto& histogram : result.histograms)
    CHECK_FALSE(histogram.values.mean());
}
