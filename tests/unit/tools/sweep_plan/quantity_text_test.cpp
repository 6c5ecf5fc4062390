#include "tools/sweep_plan/quantity_text.h"

#include <catch2/catch.hpp>

using namespace cm::tools;

TEST_CASE("equal quantities are equal values, whatever their units")
{
  CHECK(are_equal_values("14 GB/s", "14000 MB/s"));
  CHECK(are_equal_values("2 us", "2000 ns"));
  CHECK(are_equal_values("1 KiB", "1024 B"));
  CHECK_FALSE(are_equal_values("1 KiB", "1 KB"));
  CHECK_FALSE(are_equal_values("8", "8 B"));
}

TEST_CASE("texts that are no quantities are equal when they are the same text")
{
  CHECK(are_equal_values("write", "write"));
  CHECK_FALSE(are_equal_values("write", "read"));
  CHECK_FALSE(quantity_text("write"));
}

TEST_CASE("quantities of one kind are ordered, those of different kinds are not")
{
  const auto compared = [](std::string_view a, std::string_view b) {
    return quantity_text(a)->compare(*quantity_text(b));
  };
  CHECK(compared("10 MB/s", "14 GB/s") == std::partial_ordering::less);
  CHECK(compared("1 ms", "10 us") == std::partial_ordering::greater);
  CHECK(compared("1 GB", "1 GB/s") == std::partial_ordering::unordered);
}

TEST_CASE("whole numbers that a double cannot tell apart differ")
{
  CHECK_FALSE(are_equal_values("9007199254740993", "9007199254740992"));
  CHECK(are_equal_values("9007199254740993", "9007199254740993.0"));
}
