#include "tools/results/run_health.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace cm::tools;
using Json = nlohmann::ordered_json;

TEST_CASE("a result that says nothing against itself is sound")
{
  const RunHealth health = health_of(Json::parse(R"({"run": {"steady": true}, "metrics": {}, "warnings": []})"));
  CHECK(health.is_sound());
  CHECK(health.mark().empty());
  CHECK(health_of(Json::parse("{}")).is_sound());
  CHECK(health_of(Json::parse(R"({"run": 3, "warnings": "none", "metrics": [1]})")).is_sound());
}

TEST_CASE("an overloaded run is told from one that never settles, and both from one that misses its levels")
{
  const RunHealth overloaded = health_of(Json::parse(
      R"({"run": {"steady": false}, "warnings": ["careful", "OVERLOADED: 9 arrive"],
          "metrics": {"slo_attainment": {"value": 1}}})"));
  CHECK_FALSE(overloaded.is_sound());
  CHECK(overloaded.warnings == 2);
  CHECK(overloaded.why_unsteady == "OVERLOADED: 9 arrive");
  CHECK(overloaded.mark() == "overloaded");
  CHECK(health_of(Json::parse(R"({"run": {"steady": false}, "warnings": ["NOT STEADY: short"]})")).mark() ==
        "not steady");
  CHECK(health_of(Json::parse(R"({"run": {"steady": false}})")).mark() == "not steady");
  CHECK(health_of(Json::parse(R"({"metrics": {"slo_attainment": {"value": 0.89}}})")).mark() == "SLO missed");
  CHECK(health_of(Json::parse(R"({"metrics": {"slo_attainment": {"value": 0.9}}})")).is_sound());
}

TEST_CASE("a result is judged by the share of its requests that was asked for")
{
  const RunHealth held =
      health_of(Json::parse(R"({"run": {"slo_share": 0.8}, "metrics": {"slo_attainment": {"value": 0.82}}})"));
  CHECK(held.is_sound());
  const RunHealth missed =
      health_of(Json::parse(R"({"run": {"slo_share": 0.99}, "metrics": {"slo_attainment": {"value": 0.95}}})"));
  CHECK(missed.mark() == "SLO missed");
  CHECK(missed.attainment_text() == "95 % of the requests hold it, 99 % must");
  CHECK(health_of(Json::parse(R"({"metrics": {"slo_attainment": {"value": 0.5}}})")).attainment_text() ==
        "50 % of the requests hold it");
}

TEST_CASE("levels are held when as many requests hold them as must")
{
  const auto misses = [](double attainment) {
    RunHealth health;
    health.attainment = attainment;
    health.required_attainment = 0.9;
    return health.misses_levels();
  };
  CHECK_FALSE(misses(0.9));
  CHECK(misses(0.899));
}

TEST_CASE("a result in memory says the same as its file")
{
  cm::sim::metrics::Result result;
  result.manifest.steady = false;
  result.manifest.slo_share = 0.4;
  result.warnings = {"OVERLOADED: 9 arrive"};
  result.add({.name = "slo_attainment", .unit = "1", .meaning = "a formula", .formula = "a formula"}, 0.5);
  const RunHealth here = health_of(result);
  const RunHealth there = health_of(Json::parse(to_json(result)));
  CHECK(here.mark() == there.mark());
  CHECK(here.why_unsteady == there.why_unsteady);
  CHECK(here.attainment == there.attainment);
  CHECK(here.required_attainment == there.required_attainment);
  CHECK_FALSE(here.misses_levels());
  CHECK(here.warnings == there.warnings);
}
