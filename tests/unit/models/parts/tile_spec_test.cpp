#include "models/parts/tile_spec.h"

#include <catch2/catch.hpp>

#include <string>

using namespace cm;
using namespace cm::models;
using namespace cm::sim::config;

namespace {

struct Reading {
  TileSpec spec;
  ReadingLog log;
};

Reading read(const std::string& die)
{
  const Value value = parse_text("die.yaml", die);
  Reading reading;
  Reader reader(value, "machine.die", reading.log);
  reading.spec = read_tiles(reader);
  return reading;
}

std::string problem_of(const std::string& die)
{
  const Reading reading = read(die);
  REQUIRE(reading.log.problems.size() == 1);
  return reading.log.problems.front();
}

}  // namespace

TEST_CASE("a die without tiles is no mistake and knows none")
{
  const Reading reading = read("{aic_cores: 24}");
  CHECK(reading.log.problems.empty());
  CHECK_FALSE(reading.spec.known());
  CHECK(reading.spec == TileSpec{});
}

TEST_CASE("tiles are read with a share for each format")
{
  const Reading reading =
      read("{tiles: {smallest: 64, doublings: 3, half_bf16: 70 %, half_fp8: 0.6, half_int8: 50 %}}");
  CHECK(reading.log.problems.empty());
  CHECK(reading.spec.known());
  CHECK(reading.spec == TileSpec{64, 3, 0.7, 0.6, 0.5});
}

TEST_CASE("tiles that are begun are told whole")
{
  CHECK_THAT(problem_of("{tiles: {smallest: 64, doublings: 3, half_bf16: 70 %, half_fp8: 60 %}}"),
             Catch::Contains("machine.die.tiles.half_int8"));
  CHECK_THAT(problem_of("{tiles: {smallest: 64, doublings: 9, half_bf16: 1, half_fp8: 1, half_int8: 1}}"),
             Catch::Contains("die.yaml:1:35: machine.die.tiles.doublings"));
  CHECK_THAT(problem_of("{tiles: {smallest: 0, doublings: 3, half_bf16: 1, half_fp8: 1, half_int8: 1}}"),
             Catch::Contains("machine.die.tiles.smallest"));
  CHECK_THAT(problem_of("{tiles: {smallest: 64, doublings: 3, half_bf16: 1, half_fp8: 1, half_int8: 9 %}}"),
             Catch::Contains("machine.die.tiles.half_int8"));
}
