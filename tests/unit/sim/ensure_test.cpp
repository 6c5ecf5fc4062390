#include "sim/diagnostics/ensure.h"
#include "sim/diagnostics/errors.h"

#include <catch2/catch.hpp>

#include <string>

using namespace cm;

TEST_CASE("an invariant that holds passes")
{
  CHECK_NOTHROW(ensure(true, "never seen {}", 1));
}

TEST_CASE("a broken invariant says where and with which values")
{
  try {
    ensure(false, "{} flows on {}", 3, "link 7");
    FAIL("nothing was thrown");
  } catch (const SimulationError& error) {
    CHECK_THAT(error.what(), Catch::Contains("ensure_test.cpp:") && Catch::EndsWith(": 3 flows on link 7"));
  }
}

TEST_CASE("a refusal by a model is an error of the user and a broken invariant is not")
{
  STATIC_REQUIRE(std::is_base_of_v<ConfigError, RefusedByModel>);
  STATIC_REQUIRE_FALSE(std::is_base_of_v<ConfigError, SimulationError>);
}
