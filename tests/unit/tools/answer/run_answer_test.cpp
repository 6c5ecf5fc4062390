#include "tools/answer/run_answer.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace cm::tools;
using Json = nlohmann::ordered_json;

namespace {

Json serving()
{
  return Json::parse(R"({
    "run": {"steady": true},
    "answer": {
      "headline": [
        {"name": "ttft_p50_ms", "label": "time to first token"},
        {"name": "ttft_p99_ms", "label": "time to first token"},
        {"name": "nothing_of_the_kind", "label": "nothing"},
        {"name": "output_tokens_per_s", "label": "output tokens"}
      ],
      "standings": [{"word": "steady", "text": "400 of 500 requests count"}],
      "limit": "Nothing is at its limit."
    },
    "metrics": {
      "output_tokens_per_s": {"value": 1200, "unit": "1/s", "caveat": "rests on a guess"},
      "slo_attainment": {"value": 0.82, "unit": "1"},
      "slo_ttft_attainment": {"value": 0.9, "unit": "1"},
      "slo_tpot_attainment": {"value": 0.85, "unit": "1"}
    },
    "histograms": {"ttft_ms": {"unit": "ms", "p50": 310, "p99": 900}},
    "warnings": []
  })");
}

}  // namespace

TEST_CASE("the headline has the numbers that the workload names, in its order")
{
  const RunAnswer answer = answer_of(serving());
  REQUIRE(answer.figures.size() == 3);
  CHECK(answer.figures[0].label == "time to first token");
  CHECK(answer.figures[0].statistic == "p50");
  CHECK(answer.figures[0].value == 310);
  CHECK(answer.figures[0].unit == "ms");
  CHECK(answer.figures[1].value == 900);
  CHECK(answer.figures[2].name == "output_tokens_per_s");
  CHECK(answer.figures[2].statistic.empty());
  CHECK(answer.figures[2].caveat == "rests on a guess");
  CHECK(answer.limit == "Nothing is at its limit.");
}

TEST_CASE("a figure has the interval of a run with --uncertainty")
{
  Json root = serving();
  CHECK_FALSE(answer_of(root).figures[2].interval);
  root["tables"]["uncertainty"]["rows"] = {{"other", 1, 2, 3, "us"}, {"output_tokens_per_s", 1200, 1100, 1250, "1/s"}};
  const auto interval = answer_of(root).figures[2].interval;
  REQUIRE(interval);
  CHECK(interval->low == 1100);
  CHECK(interval->high == 1250);
}

TEST_CASE("the worst verdict comes first")
{
  Json root = serving();
  root["run"]["steady"] = false;
  root["warnings"] = {"a queue is long", "OVERLOADED: 9 requests/s arrive"};
  const RunAnswer answer = answer_of(root);
  REQUIRE(answer.verdicts.size() == 3);
  CHECK(answer.verdicts[0].word == "OVERLOADED");
  CHECK(answer.verdicts[0].tone == Tone::Bad);
  CHECK(answer.verdicts[0].text == "9 requests/s arrive");
  CHECK(answer.verdicts[1].word == "SLO missed");
  CHECK(answer.verdicts[1].tone == Tone::Doubt);
  CHECK(answer.verdicts[1].text == "82 % of the requests hold it (time to first token 90 %, per output token 85 %)");
  CHECK(answer.verdicts[2].tone == Tone::Good);
}

TEST_CASE("service levels that enough requests hold are told with their share")
{
  Json root = serving();
  root["metrics"]["slo_attainment"]["value"] = 0.95;
  const RunAnswer answer = answer_of(root);
  REQUIRE(answer.verdicts.size() == 2);
  CHECK(answer.verdicts[0].word == "SLO held");
  CHECK(answer.verdicts[0].tone == Tone::Good);
  CHECK(answer.verdicts[1].word == "steady");
}

TEST_CASE("a result of an earlier version has its verdicts and no headline")
{
  Json root = serving();
  root.erase("answer");
  const RunAnswer answer = answer_of(root);
  CHECK(answer.figures.empty());
  CHECK(answer.limit.empty());
  CHECK(answer.verdicts.size() == 1);
  const RunAnswer nothing = answer_of(Json::parse(R"({"answer": {"headline": 3, "standings": {"word": 1}}})"));
  CHECK(nothing.figures.empty());
}

TEST_CASE("a result in memory has the answer of its file")
{
  cm::sim::metrics::Result result;
  result.add({.name = "time_us", .unit = "us", .meaning = "time", .formula = "end - start"}, 12);
  result.answer = {.headline = {{"time_us", "time of the access"}},
                   .standings = {{"fits", "3 of 64 GB"}},
                   .limit = "Latency limits."};
  const RunAnswer answer = answer_of(result);
  REQUIRE(answer.figures.size() == 1);
  CHECK(answer.figures[0].value == 12);
  REQUIRE(answer.verdicts.size() == 1);
  CHECK(answer.verdicts[0].word == "fits");
  CHECK(answer.limit == "Latency limits.");
}
