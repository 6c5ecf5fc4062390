#include "tests/unit/tools/answer/answer_example.h"
#include "tools/answer/result_screen.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <sstream>

using namespace cm::tools;
using cm::sim::metrics::Histogram;
using cm::tests::answer_example;

namespace {

std::size_t lines_of(const std::string& text)
{
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

// More of everything than a screen holds.
FinishedRun large()
{
  FinishedRun run = answer_example();
  run.result.breakdown.clear();
  for (int i = 0; i < 9; ++i)
    run.result.breakdown.push_back({fmt::format("part {}", i), 10.0 + i, "us"});
  Histogram histogram("us");
  histogram.record(2);
  for (int i = 0; i < 12; ++i)
    run.result.histograms.push_back({fmt::format("other_{}_us", i), histogram});
  for (int i = 0; i < 10; ++i)
    run.result.notes.push_back(fmt::format("note {} {}", i, std::string(200, 'n')));
  std::string words;
  for (int i = 0; i < 60; ++i)
    words += " word";
  for (int i = 0; i < 6; ++i)
    run.result.warnings.push_back(fmt::format("number {}{}", i, words));
  cm::sim::metrics::Table table{.name = "paths", .sentence = "times", .columns = {"path", "us"}, .rows = {}};
  for (int i = 0; i < 30; ++i)
    table.rows.push_back({fmt::format("path {}", i), {1.0}});
  run.result.tables.push_back(table);
  return run;
}

}  // namespace

TEST_CASE("a screen of a result looks like this")
{
  CHECK(result_screen(answer_example(), {}, {"out/result.json"}) ==
        R"(decode of tiny on small, seed 7, configuration 0123456789ab

time per output token  49.41 ms
output tokens per NPU  1943/s
wait                   p50 2 us  p99 2 us

fits   3.00 of 64.00 GB of HBM on the fullest die
limit  The largest part of the time of a layer is attention, 75.0 % of 100 us.

where the time of a layer goes
attention  75  us  75.0 %  ███████████████████████████████████████▊
dispatch   25  us  25.0 %  █████████████▎

histogram  unit  count  mean  p50  p90  p95  p99  max
wait_us    us        1     2    2    2    2    2    2

warning: a queue is long

numbers used: 2 assumed, 3 published
assumed, least known first: machine.a = 1 (1 to 2), machine.b = 2 = 2; cmsim
  sensitivity orders them by effect
written: out/result.json
--verbose shows all: 2 metrics with their meanings
)");
}

TEST_CASE("a result with more than a screen holds is cut to one, and says what is left out")
{
  for (const std::size_t width : {60U, 80U, 160U}) {
    const std::string text = result_screen(large(), {.is_coloured = true, .width = width}, {"a", "b"});
    CHECK(lines_of(text) <= ScreenLines);
    CHECK_THAT(text, Catch::Contains("time per output token") && Catch::Contains("The largest part"));
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
      CHECK(columns_of(line) <= width);
  }
  const std::string text = result_screen(large(), {.is_coloured = false, .width = 160}, {});
  CHECK_THAT(text, Catch::Contains("--verbose shows all: 2 metrics with their meanings, 4 warnings, 6 notes") &&
                       Catch::Contains("1 table\n"));
}

TEST_CASE("the warning that says why a run is not steady stands in the verdict alone")
{
  FinishedRun run = answer_example();
  run.result.manifest.steady = false;
  run.result.warnings = {"OVERLOADED: 400 requests/s arrive", "a queue is long"};
  run.result.add({.name = "slo_attainment", .unit = "1", .meaning = "a share", .formula = "a share"}, 0.05);
  const std::string text = result_screen(run, {}, {});
  CHECK_THAT(text, Catch::Contains("\nOVERLOADED  400 requests/s arrive\nSLO missed  5 % of the requests hold it"));
  CHECK_THAT(text, Catch::Contains("warning: a queue is long") && !Catch::Contains("warning: OVERLOADED"));
}

TEST_CASE("parts that a screen has no room for are added up")
{
  FinishedRun run = answer_example();
  run.result.breakdown.clear();
  for (int i = 0; i < 60; ++i)
    run.result.breakdown.push_back({fmt::format("part {}", i), i == 30 ? 50.0 : 1.0, "us"});
  const std::string text = result_screen(run, {}, {});
  CHECK(lines_of(text) <= ScreenLines);
  CHECK_THAT(text, Catch::Contains("smaller parts") && Catch::Contains("part 30"));
}

TEST_CASE("an empty result is a short screen")
{
  FinishedRun run{.title = {"p2p", "small", ""}, .result = {}};
  run.result.manifest.steady = false;
  const std::string text = result_screen(run, {}, {});
  CHECK_THAT(text, Catch::StartsWith("p2p on small, seed 0, configuration \n"));
  CHECK_THAT(text, Catch::Contains("NOT STEADY") && Catch::Contains("numbers used: none"));
  CHECK_THAT(text, !Catch::Contains("histogram") && !Catch::Contains("layer") && !Catch::Contains("--verbose"));
}
