#include "tools/sensitivity/sensitivity.h"
#include "tools/sensitivity/tornado.h"

#include <catch2/catch.hpp>

using namespace cm::tools;

namespace {

Swing swing(const std::string& path, double at_low, double at_high)
{
  UncertainNumber number{.path = path, .value = "1", .range = StatedRange{.low = 0, .high = 2, .unit = ""}};
  return {number, at_low, at_high};
}

}  // namespace

TEST_CASE("the interval is the root of the sum of the squared moves to each side")
{
  Sensitivity found{.metric = "tpot_ms", .unit = "ms", .nominal = 100, .swings = {}, .not_varied = {}};
  found.swings = {swing("machine.a", 97, 106), swing("machine.b", 108, 96), swing("machine.c", 100, 100)};
  CHECK(found.low() == Approx(95));
  CHECK(found.high() == Approx(110));
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
