#include "tools/files/point_file.h"

#include <catch2/catch.hpp>

#include <string>

using namespace cm::tools;

TEST_CASE("the file of a point is called by its number and the first digits of its digest")
{
  CHECK(point_file_name(12, "3fa9c1d2e0b1ffff") == "00012-3fa9c1d2e0b1.json");
  CHECK(point_file_name(1'234'567, "3fa9c1d2e0b1ffff") == "1234567-3fa9c1d2e0b1.json");
}

TEST_CASE("every name of a point's file is known again")
{
  const std::size_t number = GENERATE(std::size_t{1}, std::size_t{99'999}, std::size_t{100'000});
  CHECK(is_point_file(point_file_name(number, "0123456789abcdef")));
}

TEST_CASE("half-written files and those of others are none of a point")
{
  const std::string name =
      GENERATE("00012-3fa9c1d2e0b1.json.partial-1-0", "00012-3fa9c1d2e0b1", "0012-3fa9c1d2e0b1.json",
               "0001x-3fa9c1d2e0b1.json", "00012-3FA9c1d2e0b1.json", "00012-3fa9c1d2e0b.json", "00012.json", "");
  CHECK_FALSE(is_point_file(name));
}
