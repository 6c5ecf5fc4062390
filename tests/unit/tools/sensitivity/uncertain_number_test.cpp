#include "tools/sensitivity/uncertain_number.h"

#include <catch2/catch.hpp>

using namespace cm::tools;

TEST_CASE("a number is taken apart from its unit")
{
  const auto time = number_text("187.5 ns");
  REQUIRE(time);
  CHECK(time->number == 187.5);
  CHECK(time->unit == "ns");
  CHECK_FALSE(time->is_whole);
  CHECK(number_text("79.7%")->unit == "%");
  CHECK(number_text("24")->is_whole);
  CHECK(number_text("24")->unit.empty());
  CHECK_FALSE(number_text("spray"));
}

TEST_CASE("a range is written in its unit and counts stay whole")
{
  const StatedRange time{.low = 1, .high = 2, .unit = "us"};
  CHECK(time.at(0) == "1 us");
  CHECK(time.at(0.25) == "1.25 us");
  CHECK(time.at(1) == "2 us");
  const StatedRange count{.low = 4, .high = 8, .unit = "", .is_whole = true};
  CHECK(count.at(0.3) == "5");
}
