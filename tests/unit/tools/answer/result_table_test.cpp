#include "tests/unit/tools/answer/answer_example.h"
#include "tools/answer/result_table.h"

#include <catch2/catch.hpp>

#include <sstream>

using namespace cm::tools;
using cm::sim::metrics::Better;
using cm::sim::metrics::Histogram;
using cm::tests::answer_example;

TEST_CASE("the table of a result looks like this")
{
  CHECK(result_table(answer_example(), {}, {"out/result.json"}) ==
        R"(decode of tiny on small, seed 7, configuration 0123456789ab

time per output token  49.41 ms
output tokens per NPU  1943/s
wait                   p50 2 us  p99 2 us

fits   3.00 of 64.00 GB of HBM on the fullest die
limit  The largest part of the time of a layer is attention, 75.0 % of 100 us.

tpot_ms               49.41  ms   time of a token
tokens_per_s_per_npu   1943  1/s  rate of an NPU: 96 / 49 ms

where the time of a layer goes
attention  75  us  75.0 %  ███████████████████████████████████████▊
dispatch   25  us  25.0 %  █████████████▎

histogram  unit  count  mean  p50  p90  p95  p99  max
wait_us    us        1     2    2    2    2    2    2

warning: a queue is long

numbers used: 2 assumed, 3 published
the 2 assumed: machine.a, machine.b
ranges stated for 2 of 3, widest: machine.c = 5 us (1 us to 9 us), machine.a = 1
  (1 to 2)
written: out/result.json
)");
}

TEST_CASE("the breakdown says what it is of")
{
  FinishedRun run = answer_example();
  run.result.breakdown_of = "the time to first token";
  const std::string text = result_table(run, {}, {});
  CHECK(text.find("\nwhere the time to first token goes\n") != std::string::npos);
  CHECK(text.find("where the time of a layer") == std::string::npos);
  CHECK(to_json(run.result).find("\"breakdown_of\": \"the time to first token\"") != std::string::npos);
  CHECK(to_json(answer_example().result).find("breakdown_of") == std::string::npos);
}

TEST_CASE("caveats stand on the line of the number that they speak against")
{
  FinishedRun run = answer_example();
  run.result.caveats = {{"tpot_ms", "a bound"}, {"wait_us", "depends on a guess"}, {"tpot_ms", "short run"}};
  const std::string text = result_table(run, {}, {});
  CHECK(text.find(" [a bound; short run]\n") > text.find("tpot_ms"));
  CHECK(text.find(" [a bound; short run]\n") != std::string::npos);
  CHECK(text.find("    2  [depends on a guess]\n") != std::string::npos);
  CHECK(to_json(run.result).find("\"caveat\": \"a bound; short run\"") != std::string::npos);
  CHECK(to_json(answer_example().result).find("caveat") == std::string::npos);
}

TEST_CASE("no line of the table is wider than the terminal")
{
  FinishedRun run = answer_example();
  const std::string meaning = std::string(30, 'a') + " " + std::string(30, 'b') + " " + std::string(30, 'c');
  run.result.add({"long", "us", Better::Lower, meaning, ""}, 1);
  run.result.manifest.assumed.assign(20, "machine.something.long = 1: why");
  run.result.breakdown = {{"everything there is", 1234567, "us"}};
  std::istringstream lines(result_table(run, {.is_coloured = true, .width = 80}, {}));
  for (std::string line; std::getline(lines, line);)
    CHECK(columns_of(line) <= TerminalWidth);
}

TEST_CASE("a statistic of nothing is a dash")
{
  FinishedRun run = answer_example();
  run.result.histograms.push_back({"ttft_ms", Histogram("ms")});
  run.result.tables.push_back(
      {"paths", "times", {"path", "us"}, {{"none", {cm::sim::metrics::cell_of(std::nullopt)}}}});
  const std::string text = result_table(run, {}, {});
  CHECK_THAT(text, Catch::Contains("ttft_ms    ms        0     -    -    -    -    -    -\n"));
  CHECK_THAT(text, Catch::Contains("none   -\n"));
}

TEST_CASE("colours are only there on request")
{
  CHECK_THAT(result_table(answer_example(), {}, {}), !Catch::Contains("\x1b"));
  CHECK_THAT(result_table(answer_example(), {.is_coloured = true, .width = 80}, {}), Catch::Contains("\x1b[1m"));
}

TEST_CASE("what an empty result lacks is left out and a run that is not steady is called so")
{
  FinishedRun run{.title = {"p2p", "small", ""}, .result = {}};
  run.result.manifest.steady = false;
  const std::string table = result_table(run, {}, {});
  CHECK_THAT(table, Catch::StartsWith("p2p on small, seed 0, configuration \n"));
  CHECK_THAT(table, Catch::Contains("NOT STEADY") && Catch::Contains("numbers used: none"));
  CHECK_THAT(table, !Catch::Contains("histogram") && !Catch::Contains("layer"));
}
