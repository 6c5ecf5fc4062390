#include "sim/diagnostics/errors.h"
#include "tools/numbers/result_number.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <string>

using namespace cm::tools;

namespace {

const std::string Output = R"({"run":{"steady":false},"metrics":{"tpot_ms":{"value":5,"unit":"ms"}},
  "histograms":{"ttft_ms":{"unit":"ms","count":2,"mean":6,"p99":7}}})";

}  // namespace

TEST_CASE("metrics, statistics and steadiness are found by their names")
{
  const auto root = nlohmann::ordered_json::parse(Output);
  CHECK(number_in(root, "tpot_ms")->value == 5);
  CHECK(number_in(root, "tpot_ms")->unit == "ms");
  CHECK(number_in(root, "ttft_p99_ms")->value == 7);
  CHECK(number_in(root, "ttft_ms.p99")->value == 7);
  CHECK(number_in(root, "ttft_mean_ms")->unit == "ms");
  CHECK(number_in(root, "steady")->value == 0);
  CHECK_FALSE(number_in(root, "ttft_ms"));
  CHECK_FALSE(number_in(root, "ttft_p50_ms"));
  CHECK_FALSE(number_in(nlohmann::ordered_json::object(), "steady"));
}

TEST_CASE("a number that the run does not report is told with the nearest of its own")
{
  CHECK(number_of(Output, "tpot_ms", "a.yaml").value == 5);
  CHECK_THROWS_WITH(number_of(Output, "ttft_p9_ms", "t.csv:2:1: row x"),
                    "t.csv:2:1: row x: expected a metric of the run, found \"ttft_p9_ms\"; did you mean "
                    "\"ttft_p99_ms\"?");
}

TEST_CASE("a number that is not near any of the run's own is told with three of them")
{
  CHECK_THROWS_WITH(number_of(Output, "sustainable_rps", "a.yaml"),
                    Catch::StartsWith("a.yaml: expected a metric of the run, found \"sustainable_rps\", which this run "
                                      "does not report; the nearest that it does: ") &&
                        Catch::Contains("tpot_ms"));
}
