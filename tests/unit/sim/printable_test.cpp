#include "sim/diagnostics/printable.h"

#include <catch2/catch.hpp>

#include <string>

using namespace std::string_literals;

TEST_CASE("text in any language stays as it is")
{
  const std::string text = "a\tb\n\u00e9 \u4e2d \U0001f600 \u00a0";
  CHECK(cm::printable(text) == text);
  CHECK(cm::printable_on_one_line("a\tb\nc") == "a\\tb\\nc");
}

TEST_CASE("what could steer a terminal is shown as escapes")
{
  CHECK(cm::printable("a\x1b]0;title\x07z") == "a\\x1b]0;title\\x07z");
  CHECK(cm::printable("\0\r\x7f\b"s) == "\\x00\\x0d\\x7f\\x08");
  CHECK(cm::printable("\xc2\x9b"
                      "2J") == "\\u009b2J");
}

TEST_CASE("bytes that are no UTF-8 are shown as escapes")
{
  CHECK(cm::printable("a\xff\xfe") == "a\\xff\\xfe");
  CHECK(cm::printable("\xc3") == "\\xc3");
  CHECK(cm::printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");
}

TEST_CASE("colours stay where they are wanted, and nothing else that starts like them")
{
  CHECK(cm::printable_in_colour("\x1b[1;36mbold\x1b[0m \x1b[2J \x1b") == "\x1b[1;36mbold\x1b[0m \\x1b[2J \\x1b");
  CHECK(cm::printable_in_colour("\x1b[31") == "\\x1b[31");
}
