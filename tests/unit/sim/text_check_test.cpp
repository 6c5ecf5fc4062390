#include "sim/config/text_check.h"
#include "sim/diagnostics/errors.h"

#include <catch2/catch.hpp>

#include <string>

using cm::ConfigError;
using cm::sim::config::check_text;

TEST_CASE("text in any language is text")
{
  CHECK_NOTHROW(check_text("f", ""));
  CHECK_NOTHROW(check_text("f", "a:\t1\r\n"));
  CHECK_NOTHROW(check_text("f", "\u00e9 \u4e2d \U0001f600 \U0010ffff \ud7ff \ue000"));
}

TEST_CASE("a control character is reported with its position")
{
  using namespace std::string_literals;
  CHECK_THROWS_WITH(check_text("f", "ab\ncd\0e"s),
                    "f:2:3: expected text, found the control character 0x00 (a binary file?)");
  CHECK_THROWS_AS(check_text("f", "\x7f"), ConfigError);
  CHECK_THROWS_AS(check_text("f", "\x1b[0m"), ConfigError);
}

TEST_CASE("bytes that are no UTF-8 are reported with their position")
{
  CHECK_THROWS_WITH(check_text("f", "a\n\xc3\xa9\xff"), "f:2:3: expected UTF-8 text, found the invalid byte 0xff");
  const auto* text = GENERATE("\x80",              // a continuation without a start
                              "\xc3",              // cut off
                              "\xc3(",             // no continuation
                              "\xc0\xaf",          // overlong
                              "\xe0\x80\xaf",      // overlong
                              "\xf0\x80\x80\xaf",  // overlong
                              "\xed\xa0\x80",      // a surrogate
                              "\xf4\x90\x80\x80",  // beyond the last character
                              "\xf5\x80\x80\x80");
  CHECK_THROWS_AS(check_text("f", text), ConfigError);
}
