#include "sim/diagnostics/errors.h"
#include "tools/compare/tolerance.h"

#include <catch2/catch.hpp>

using namespace cm::tools;

TEST_CASE("a metric has its own tolerance, that of its histogram, or the common one")
{
  const Tolerances tolerances = read_tolerances({"tpot_ms=2%", "wait_us=0.05", "3 %", "wait_p99_us=10%"});
  CHECK(tolerances.of("tpot_ms") == Approx(0.02));
  CHECK(tolerances.of("wait_p50_us", "wait_us") == Approx(0.05));
  CHECK(tolerances.of("wait_p99_us", "wait_us") == Approx(0.1));
  CHECK(tolerances.of("layer_us") == Approx(0.03));
  CHECK(read_tolerances({}).of("layer_us") == 0.01);
}

TEST_CASE("all tolerances that make no sense are told at once")
{
  const std::string expected =
      "--tolerance:1:1: expected a metric and a share, like tpot_ms=2%, found \"tpot_ms=fast\"\n"
      "--tolerance:3:1: expected a metric and a share, like tpot_ms=2%, found \"=1%\"\n"
      "--tolerance:4:1: expected a metric and a share, like tpot_ms=2%, found \"a=-1%\"";
  CHECK_THROWS_WITH(read_tolerances({"tpot_ms=fast", "1%", "=1%", "a=-1%"}), expected);
}
