#include "tools/report/headline.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace cm::tools;

namespace {

const Json Served = Json::parse(R"({
  "run": {"steady": true},
  "metrics": {"goodput_rps": {"value": 36.18, "unit": "1/s", "caveat": "rests on a guess"},
              "slo_attainment": {"value": 0.95, "unit": "1"}},
  "histograms": {"ttft_ms": {"unit": "ms", "count": 9, "p50": 1547, "p99": 2472}},
  "answer": {"headline": [{"name": "ttft_p50_ms", "label": "time to first token"},
                          {"name": "ttft_p99_ms", "label": "time to first token"},
                          {"name": "goodput_rps", "label": "goodput"}],
             "limit": "Prefill is the largest part."}})");

Page page_of(const Json& result)
{
  Page page;
  add_answer(result, page);
  return page;
}

}  // namespace

TEST_CASE("figures of one label are one card, in plain units, with what speaks against them")
{
  const Page page = page_of(Served);
  REQUIRE(page.cards.size() == 2);
  CHECK(page.cards[0].label == "Time to first token, median");
  CHECK(page.cards[0].value == "1.547");
  CHECK(page.cards[0].unit == "s");
  CHECK(page.cards[0].detail == "99 % have at most 2.472 s");
  CHECK(page.cards[1].value == "36.18");
  CHECK(page.cards[1].unit == "requests/s");
  CHECK(page.cards[1].caveat == "rests on a guess");
  CHECK(page.limit == "What limits it: Prefill is the largest part.");
}

TEST_CASE("nothing is praised beside numbers that depend on the length of the run")
{
  const auto praises = [](const Json& result) {
    const Page page = page_of(result);
    return std::ranges::count(page.verdicts, PageVerdict::Kind::Good, &PageVerdict::kind);
  };
  CHECK(praises(Served) == 1);
  Json unsteady = Served;
  unsteady["run"]["steady"] = false;
  CHECK(praises(unsteady) == 0);
  Json missed = Served;
  missed["metrics"]["slo_attainment"]["value"] = 0.5;
  CHECK(praises(missed) == 0);
  CHECK(page_of(missed).verdicts.front().kind == PageVerdict::Kind::Bad);
}

TEST_CASE("warnings are counted among the verdicts")
{
  Json warned = Served;
  warned["warnings"] = {"a", "b"};
  CHECK(page_of(warned).verdicts.back().text == "2 warnings, below.");
  CHECK(page_of(warned).verdicts.back().kind == PageVerdict::Kind::Doubt);
}

TEST_CASE("a warning that is a verdict is not counted again")
{
  Json unsteady = Served;
  unsteady["run"]["steady"] = false;
  unsteady["warnings"] = {"NOT STEADY: the queue grows"};
  for (const PageVerdict& each : page_of(unsteady).verdicts)
    CHECK_THAT(each.text, !Catch::Contains("warning"));
  unsteady["warnings"].push_back("another");
  CHECK(page_of(unsteady).verdicts.back().text == "1 more warning, below.");
}

TEST_CASE("a result of an earlier version has no cards and no limit")
{
  Json earlier = Served;
  earlier.erase("answer");
  CHECK(page_of(earlier).cards.empty());
  CHECK(page_of(earlier).limit.empty());
}
