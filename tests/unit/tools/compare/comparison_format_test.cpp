#include "tests/unit/tools/compare/stored_results.h"
#include "tools/compare/comparison_format.h"

#include <catch2/catch.hpp>

#include <cstddef>
#include <sstream>
#include <string>

using namespace cm::tools;
using cm::tests::SmallResult;
using cm::tests::TemporaryFolder;

namespace {

// The paths of a comparison go into its text: fixed ones.
Comparison with_names(Comparison comparison)
{
  comparison.old_path = "before";
  comparison.new_path = "after";
  return comparison;
}

Comparison lone(const SmallResult& now)
{
  const TemporaryFolder folder;
  cm::sim::config::ReadingLog log;
  const ResultSet old_set = read_results(folder.with("old/result.json", cm::tests::result_json()), log);
  const ResultSet new_set = read_results(folder.with("new/result.json", cm::tests::result_json(now)), log);
  return with_names(compare(old_set, new_set, {}));
}

Comparison several()
{
  const TemporaryFolder folder;
  folder.put("old/points/1.json", cm::tests::point_json(8, "done"));
  folder.put("old/points/2.json", cm::tests::point_json(16, "done"));
  folder.put("old/points/3.json", cm::tests::point_json(32, "done"));
  folder.put("new/points/1.json", cm::tests::point_json(8, "done"));
  folder.put("new/points/2.json", cm::tests::point_json(16, "done", {.tpot_ms = 51.5, .dispatch_us = 120}));
  folder.put("new/points/3.json", cm::tests::point_json(32, "refused"));
  cm::sim::config::ReadingLog log;
  const ResultSet old_set = read_results(folder.file("old"), log);
  return with_names(compare(old_set, read_results(folder.file("new"), log), {}));
}

}  // namespace

TEST_CASE("the table of a regression looks like this")
{
  CHECK(comparison_table(lone({.tpot_ms = 51.5, .tokens_per_s = 2020, .dispatch_us = 121})) == R"(old: before
new: after

metric                  old    new  unit    change  tolerance  verdict
tpot_ms                  50  51.50  ms     +3.00 %        1 %  worse
tokens_per_s_per_npu   2000   2020  1/s    +1.00 %        1 %  equal
port_hops              1000   1000  count      0 %        1 %  equal
wait_mean_us          2.200  2.200  us         0 %        1 %  equal
wait_p50_us               2      2  us         0 %        1 %  equal
wait_p99_us           3.991  3.991  us         0 %        1 %  equal

histogram  moved by  unit  of the mean  largest gap
wait_us           0  us         0.00 %       0.00 %

cause: dispatch +21 us of +21 us in the time of a layer (100 %)

1 result: 1 worse
)");
}

TEST_CASE("a result that is overloaded or misses its levels is told in every format, whatever its numbers")
{
  const TemporaryFolder folder;
  cm::sim::metrics::Result now = cm::tests::to_result({});
  now.manifest.steady = false;
  now.warnings = {"OVERLOADED: 9 arrive"};
  const std::string was = folder.with("old/result.json", cm::tests::result_json());
  const std::string is = folder.with("new/result.json", to_json(now));
  cm::sim::config::ReadingLog log;
  const Comparison comparison = compare(read_results(was, log), read_results(is, log), {});
  CHECK(log.problems.empty());
  const std::string doubt = "new: overloaded, its latencies and rates depend on the length of the run";
  CHECK_THAT(comparison_table(comparison), Catch::Contains("doubt: new: overloaded, its latencies"));
  CHECK_THAT(comparison_table(comparison), Catch::Contains("1 worse; 1 in doubt\n"));
  CHECK_THAT(comparison_markdown(comparison), Catch::Contains("**doubt:** " + doubt));
  CHECK_THAT(comparison_json(comparison), Catch::Contains("\"doubts\": [\n        \"" + doubt));
}

TEST_CASE("of several points the table shows what moved")
{
  CHECK(comparison_table(several()) == R"(old: before
new: after

ep, workload.ep=16, seed 1: worse
metric   old    new  unit   change  tolerance  verdict
tpot_ms   50  51.50  ms    +3.00 %        1 %  worse

cause: dispatch +20 us of +20 us in the time of a layer (100 %)

ep, workload.ep=32, seed 1: lost
  refused: does not fit the HBM

3 results: 1 worse, 1 lost, 1 equal
)");
}

TEST_CASE("markdown has a heading, a table and a cause")
{
  const std::string text = comparison_markdown(several());
  CHECK_THAT(text, Catch::StartsWith("## cmsim: regression\n\n3 results: 1 worse, 1 lost, 1 equal\n"));
  CHECK_THAT(text, Catch::Contains("### ep, workload.ep=16, seed 1: worse\n\n"
                                   "| metric | old | new | unit | change | tolerance | verdict |\n"
                                   "|---|---:|---:|---:|---:|---:|---:|\n"
                                   "| tpot_ms | 50 | 51.50 | ms | +3.00 % | 1 % | **worse** |\n"));
  CHECK_THAT(text, Catch::Contains("**Cause:** dispatch +20 us of +20 us in the time of a layer (100 %)"));
  CHECK_THAT(comparison_markdown(lone({})), Catch::StartsWith("## cmsim: no regression\n"));
}

TEST_CASE("JUnit has a suite a point and a failure a regression")
{
  const std::string text = comparison_junit(several());
  CHECK_THAT(text, Catch::Contains("<testsuites name=\"cmsim compare\" tests=\"13\" failures=\"2\">"));
  CHECK_THAT(text, Catch::Contains("<testsuite name=\"ep, workload.ep=16, seed 1\" tests=\"6\" failures=\"1\">"));
  CHECK_THAT(text, Catch::Contains("<failure message=\"worse: 51.50 ms, was 50 (+3.00 %, tolerance 1 %); cause: "
                                   "dispatch +20 us of +20 us in the time of a layer (100 %)\"/>"));
  CHECK_THAT(text, Catch::Contains("<failure message=\"lost: refused: does not fit the HBM\"/>"));
}

TEST_CASE("letters that mean something in XML or Markdown are escaped")
{
  Comparison comparison = lone({});
  comparison.points[0].label = "a|b <\"c\"> & \x01";
  CHECK_THAT(comparison_junit(comparison), Catch::Contains("name=\"a|b &lt;&quot;c&quot;&gt; &amp; ?\""));
  CHECK_THAT(comparison_markdown(comparison), Catch::Contains("### a\\|b \\<\"c\">"));
}

TEST_CASE("no line of a table is wider than the terminal where its numbers leave room")
{
  Comparison comparison = lone({.tpot_ms = 51.5});
  comparison.points[0].metrics[1].name = "a_metric_of_a_workload_whose_name_is_longer_than_its_column_ms";
  comparison.inputs = {{"workload.trace", std::string(60, 'a'), std::string(60, 'b')}};
  for (const std::size_t width : {80U, 100U, 160U}) {
    std::istringstream table(comparison_table(comparison, width));
    for (std::string line; std::getline(table, line);)
      CHECK(columns_of(line) <= width);
  }
  CHECK_THAT(comparison_table(comparison, 80), Catch::Contains("\na_metric_of_a_workload_whose_name_is_longer_than_its_"
                                                               "column_ms\n     ") &&
                                                   Catch::Contains("workload.trace\n  old: aaa"));
  CHECK_THAT(comparison_table(comparison, 160), Catch::Contains("its_column_ms   2000   2000  1/s"));
}

TEST_CASE("JUnit names no unit of a share")
{
  Comparison comparison = lone({.tpot_ms = 51.5});
  comparison.points[0].metrics[0].unit = "1";
  CHECK_THAT(comparison_junit(comparison), Catch::Contains("message=\"worse: 51.50, was 50 ("));
}
