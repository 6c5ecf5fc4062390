#include "tools/sweep_plan/axis.h"

#include <catch2/catch.hpp>

using namespace cm::tools;
using cm::sim::config::parse_text;
using cm::sim::config::ReadingLog;

namespace {

std::string problem(const std::string& text)
{
  ReadingLog log;
  CHECK(read_axis(parse_text("f", text), "axes[0]", log).stops.empty());
  REQUIRE(log.problems.size() == 1);
  return log.problems[0];
}

}  // namespace

TEST_CASE("an axis has a stop for each value")
{
  ReadingLog log;
  const Axis axis = read_axis(parse_text("f", "{workload.ep: [8, 32]}"), "axes[0]", log);
  CHECK(log.problems.empty());
  CHECK(axis.keys == std::vector<std::string>{"workload.ep"});
  REQUIRE(axis.stops.size() == 2);
  CHECK(axis.stops[1].texts == std::vector<std::string>{"32"});
  REQUIRE(axis.stops[1].changes.size() == 1);
  CHECK(axis.stops[1].changes[0].path == "workload.ep");
  CHECK(to_text(axis.stops[1].changes[0].value.position) == "f:1:19");
}

TEST_CASE("linked keys move together")
{
  ReadingLog log;
  const Axis axis = read_axis(parse_text("f", "{a.b: [1, 2], c: {from: 5, to: 6}}"), "axes[0]", log);
  REQUIRE(axis.stops.size() == 2);
  CHECK(axis.stops[0].texts == std::vector<std::string>{"1", "5"});
  CHECK(axis.stops[1].texts == std::vector<std::string>{"2", "6"});
}

TEST_CASE("a value may be a map or a list")
{
  ReadingLog log;
  const Axis axis = read_axis(parse_text("f", "{w.experts: [{redundant: 32, shared_copies: 32}]}"), "axes[0]", log);
  REQUIRE(axis.stops.size() == 1);
  CHECK(axis.stops[0].texts == std::vector<std::string>{"{redundant: 32, shared_copies: 32}"});
  // One change: no key of another stop or of the scenario stays beside those of the map.
  REQUIRE(axis.stops[0].changes.size() == 1);
  CHECK(axis.stops[0].changes[0].path == "w.experts");
}

TEST_CASE("an axis that is none says what is wrong")
{
  using Catch::Contains;
  CHECK_THAT(problem("[a]"), Contains("expected keys with their values"));
  CHECK_THAT(problem("{}"), Contains("found an empty map"));
  CHECK_THAT(problem("{a: 8}"), Contains("axes[0].a: expected a list of values") && Contains("found \"8\""));
  CHECK_THAT(problem("{a: []}"), Contains("found an empty list"));
  CHECK_THAT(problem("{a: [1, ~]}"), Contains("f:1:9: axes[0].a: expected a value, found nothing"));
  CHECK_THAT(problem("{a: [1, 2], b: [1]}"),
             Contains("f:1:13: axes[0].b: ") && Contains("expected 2 as for a, found 1"));
}

TEST_CASE("keys overlap when one holds the other")
{
  CHECK(overlap("a.b", "a.b"));
  CHECK(overlap("a.b.c", "a.b"));
  CHECK(overlap("a", "a.b"));
  CHECK_FALSE(overlap("a.b", "a.bc"));
}
