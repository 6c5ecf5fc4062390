#include "sim/units/decimal.h"

#include <catch2/catch.hpp>

#include <cstdint>
#include <limits>

using namespace cm;

TEST_CASE("a decimal is scanned up to its unit")
{
  const auto scanned = scan_decimal("-1.50e2 GB");
  REQUIRE(scanned);
  CHECK(scanned->rest == " GB");
  CHECK(scanned->number.negative);
  CHECK(scanned->number.digits == "15");
  CHECK(scanned->number.exponent == 1);
  CHECK(scan_decimal("5eB")->rest == "eB");
  CHECK_FALSE(scan_decimal("GB"));
  CHECK_FALSE(scan_decimal("."));
  CHECK_FALSE(scan_decimal("1e10000"));
}

TEST_CASE("a decimal becomes a whole number only when nothing is lost")
{
  const auto whole = [](const char* text, std::int64_t factor) { return to_whole(scan_decimal(text)->number, factor); };
  CHECK(whole("1.5", 1024) == 1536);
  CHECK_FALSE(whole("0.1", 1024));
  CHECK(whole("9223372036854775807", 1) == std::numeric_limits<std::int64_t>::max());
  CHECK_FALSE(whole("9223372036854775808", 1));
  CHECK_FALSE(whole("1e9999", 1));
  CHECK(whole("0e9999", 1) == 0);
  CHECK(whole("-0.5", 2) == -1);
}

TEST_CASE("a double beyond the range has no value")
{
  CHECK_FALSE(to_double(scan_decimal("1e309")->number));
  CHECK_FALSE(to_double(scan_decimal("1e-400")->number));
  CHECK(to_double(scan_decimal("0e-400")->number) == 0.0);
}

TEST_CASE("decimals print without an exponent while zeros can be counted")
{
  CHECK(to_text(decimal_of(0.0019)) == "0.0019");
  CHECK(to_text(decimal_of(-1234.5)) == "-1234.5");
  CHECK(to_text(decimal_of(std::int64_t{120})) == "120");
  CHECK(to_text(decimal_of(1e300)) == "1e300");
  CHECK(to_text(decimal_of(0.0)) == "0");
}

TEST_CASE("a decimal reaches the powers of ten up to its size")
{
  CHECK(reaches(decimal_of(1000.0), 3));
  CHECK_FALSE(reaches(decimal_of(999.999), 3));
  CHECK_FALSE(reaches(decimal_of(0.0), -12));
}
