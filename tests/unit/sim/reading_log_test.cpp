#include "sim/config/reading_log.h"
#include "sim/diagnostics/errors.h"

#include <catch2/catch.hpp>

#include <string>

using namespace cm::sim::config;

TEST_CASE("all problems are thrown together one a line")
{
  ReadingLog log;
  CHECK_NOTHROW(throw_if_any(log));
  add_problem(log, {"f", 3, 5}, "a.b", "expected this");
  add_problem(log, {"f", 4, 1}, "", "expected that");
  CHECK_THROWS_WITH(throw_if_any(log), "f:3:5: a.b: expected this\nf:4:1: expected that");
  CHECK_THROWS_AS(throw_if_any(log), cm::ConfigError);
}

TEST_CASE("what was found is told on one short line")
{
  CHECK(found_text(parse_text("f", "")) == "nothing");
  CHECK(found_text(parse_text("f", "[1]")) == "a list");
  CHECK(found_text(parse_text("f", "{a: 1}")) == "a map");
  CHECK(found_text(parse_text("f", "28")) == "\"28\"");
  CHECK(found_text(parse_text("f", "\"a\\nb\\tc\"")) == "\"a\\nb\\tc\"");
  CHECK(found_text(parse_text("f", std::string(1000, 'x'))) == "\"" + std::string(80, 'x') + "...\"");
}
