#include "tools/sensitivity/sensitivity.h"
#include "tools/sensitivity/tornado.h"

#include <catch2/catch.hpp>

#include <cmath>

using namespace cm::tools;

namespace {

Swing swing(const std::string& path, double at_low, double at_high)
{
  UncertainNumber number{.path = path, .value = "1", .range = StatedRange{.low = 0, .high = 2, .unit = ""}};
  return {.number = number, .at_low = at_low, .at_high = at_high};
}

}  // namespace

TEST_CASE("the interval is the root of the sum of the squared moves to each side")
{
  Sensitivity found{.metric = "tpot_ms", .unit = "ms", .nominal = 100, .swings = {}, .not_varied = {}};
  found.swings = {swing("machine.a", 97, 106), swing("machine.b", 108, 96), swing("machine.c", 100, 100)};
  CHECK(found.low() == Approx(95));
  CHECK(found.high() == Approx(110));
}

TEST_CASE("a tornado names the numbers at whose ends a run is not steady")
{
  Sensitivity found{.metric = "ttft_ms", .unit = "ms", .nominal = 100, .swings = {}, .not_varied = {}};
  found.swings = {swing("machine.wide", 90, 110), swing("machine.narrow", 99, 101)};
  CHECK(tornado_table(found).find("NOT STEADY") == std::string::npos);
  found.swings[0].is_steady = false;
  CHECK_THAT(tornado_table(found), Catch::Contains("NOT STEADY at an end of their range: machine.wide\n"));
  CHECK_THAT(tornado_json(found), Catch::Contains("\"steady\": false"));
  found.is_steady = false;
  CHECK_THAT(tornado_table(found), Catch::Contains("NOT STEADY as shipped"));
}

TEST_CASE("a tornado names what moves the metric, what does not and what was not varied")
{
  Sensitivity found{.metric = "tpot_ms", .unit = "ms", .nominal = 100, .swings = {}, .not_varied = {}};
  found.swings = {swing("machine.wide", 90, 110), swing("machine.idle", 100, 100)};
  found.not_varied.push_back({.path = "machine.unknown", .value = "1", .range = std::nullopt});
  const std::string table = tornado_table(found);
  CHECK_THAT(table, Catch::Contains("tpot_ms = 100 ms, from 90.00 to 110") || Catch::Contains("from 90 to 110"));
  CHECK_THAT(table, Catch::Contains("less than 0.01 %: machine.idle"));
  CHECK_THAT(table, Catch::Contains("not varied: machine.unknown"));
  CHECK_THAT(tornado_json(found), Catch::Contains("\"at_high\": 110.0"));
}

TEST_CASE("a partial tornado says of each number what it lacks and keeps what is known")
{
  Sensitivity found{.metric = "tpot_ms", .unit = "ms", .nominal = 100, .swings = {}, .not_varied = {}};
  found.swings = {swing("machine.wide", 90, 110), swing("machine.half", 95, 0), swing("machine.none", 0, 0)};
  found.swings[1].at_high.reset();
  found.swings[1].missing = "a.yaml:1:1: refused";
  found.swings[2].at_low.reset();
  found.swings[2].at_high.reset();
  found.swings[2].missing = NotRun;
  found.shortfall = {.stop_signal = 2, .failures = {"a.yaml:1:1: refused"}, .failed = 1};
  found.runs = 4;
  CHECK(found.low() == Approx(100 - std::sqrt(125.0)));
  const std::string table = tornado_table(found);
  CHECK_THAT(table, Catch::Contains("machine.wide"));
  CHECK_THAT(table, Catch::Contains("machine.half: 95 at low, - at high: a.yaml:1:1: refused\n"));
  CHECK_THAT(table, Catch::Contains("not run: machine.none\n"));
  CHECK_THAT(table, Catch::Contains("PARTIAL: interrupted by signal 2 (Interrupt), 1 run failed; what is told"));
  const std::string json = tornado_json(found);
  CHECK_THAT(json, Catch::Contains("\"partial\"") && Catch::Contains("\"at_high\": null"));
  found.shortfall = {};
  CHECK_THAT(tornado_json(found), !Catch::Contains("\"partial\""));
}
