#include "tools/answer/text_style.h"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

using namespace cm::tools;

TEST_CASE("a pen without colours leaves texts as they are")
{
  const Pen plain(false);
  CHECK(plain.heading("time") == "time");
  CHECK(plain.verdict(Tone::Bad, "no") == "no");
}

TEST_CASE("a pen with colours ends each of them, so that the next text has none")
{
  const Pen pen(true);
  CHECK(pen.heading("time") == "\x1b[1mtime\x1b[0m");
  CHECK(pen.bar("##") == "\x1b[36m##\x1b[0m");
  CHECK(pen.warning("look") == "\x1b[33mlook\x1b[0m");
  CHECK(pen.verdict(Tone::Good, "yes") == "\x1b[32myes\x1b[0m");
  CHECK(pen.verdict(Tone::Doubt, "hm") == "\x1b[1;33mhm\x1b[0m");
  CHECK(pen.verdict(Tone::Bad, "no") == "\x1b[1;31mno\x1b[0m");
}

TEST_CASE("texts of a column are as wide as the widest, numbers stand right")
{
  const std::vector<Column> columns{{{"latency", "rate"}, false}, {{"1.9", "12.25"}, true}, {{"us", "GB/s"}, false}};
  CHECK(row_of(columns, 0) == "latency    1.9  us  ");
  CHECK(row_of(columns, 1) == "rate     12.25  GB/s");
}

TEST_CASE("columns are counted in characters and not in bytes")
{
  const std::vector<Column> columns{{{"\u00b5s", "min"}, false}, {{"1", "2"}, true}};
  CHECK(row_of(columns, 0) == "\u00b5s   1");
  CHECK(row_of(columns, 1) == "min  2");
}

TEST_CASE("a text that is too wide is cut with three points and fits")
{
  CHECK(cut_to("latency", 7) == "latency");
  CHECK(cut_to("latency", 6) == "lat...");
  CHECK(cut_to("latency", 4) == "l...");
}

TEST_CASE("a cut falls between characters")
{
  // Each letter takes two bytes.
  CHECK(cut_to("\u00e4\u00f6\u00fc\u00e4\u00f6\u00fc", 6) == "\u00e4\u00f6\u00fc\u00e4\u00f6\u00fc");
  CHECK(cut_to("\u00e4\u00f6\u00fc\u00e4\u00f6\u00fc", 5) == "\u00e4\u00f6...");
}
