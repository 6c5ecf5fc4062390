#include "tools/terminal/table_text.h"

#include <catch2/catch.hpp>

using namespace cm::tools;

TEST_CASE("numbers have four digits, and all before the point")
{
  CHECK(short_number(0) == "0");
  CHECK(short_number(1.92449) == "1.924");
  CHECK(short_number(152.3456) == "152.3");
  CHECK(short_number(562.0005) == "562.0");
  CHECK(short_number(16) == "16");
  CHECK(short_number(999.97) == "1000");
  CHECK(short_number(119780) == "119780");
  CHECK(short_number(-1234.5) == "-1234");
  CHECK(short_number(0.00001234) == "1.234e-05");
  CHECK(short_number(1e18) == "1e+18");
}

TEST_CASE("columns are characters, not bytes, and colours take none")
{
  CHECK(columns_of("abc") == 3);
  CHECK(columns_of("█▏") == 2);
  CHECK(columns_of("\x1b[1mabc\x1b[0m") == 3);
  CHECK(left_aligned("█", 3) == "█  ");
  CHECK(right_aligned("█", 3) == "  █");
  CHECK(right_aligned("long", 3) == "long");
}

TEST_CASE("text breaks between words at column 80")
{
  const std::string words = std::string(40, 'a') + " " + std::string(37, 'b') + " c";
  CHECK(wrapped("", words, 2) == words + "\n");
  CHECK(wrapped(">", words, 2) == ">" + std::string(40, 'a') + " " + std::string(37, 'b') + "\n  c\n");
  CHECK(wrapped("start ", "", 2) == "start \n");
  CHECK(wrapped("", std::string(100, 'x'), 2) == std::string(100, 'x') + "\n");
}

TEST_CASE("a bar is drawn to an eighth of a column")
{
  CHECK(bar(0, 10).empty());
  CHECK(bar(1, 3) == "███");
  CHECK(bar(0.5, 3) == "█▌");
  CHECK(bar(2, 3) == "███");
  CHECK(bar(-1, 3).empty());
}
