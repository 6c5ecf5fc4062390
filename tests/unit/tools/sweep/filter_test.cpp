#include "tools/sweep/filter.h"

#include <catch2/catch.hpp>

using namespace cm::tools;
using cm::sim::config::parse_text;
using cm::sim::config::ReadingLog;

namespace {

const std::vector<std::string> Known{"workload.ep", "rate", "base"};
const Labels Point{{"workload.ep", "32"}, {"rate", "14 GB/s"}, {"base", "decode"}};

bool holds(const std::string& text)
{
  ReadingLog log;
  const Filter filter = read_filter(parse_text("f", text), "skip[0]", Known, log);
  CHECK(log.problems.empty());
  return filter.holds(Point);
}

}  // namespace

TEST_CASE("a filter holds where all its keys have values that it names")
{
  CHECK(holds("{workload.ep: 32}"));
  CHECK(holds("{workload.ep: [8, 32]}"));
  CHECK(holds("{workload.ep: [8, 32], base: decode}"));
  CHECK_FALSE(holds("{workload.ep: 8}"));
  CHECK_FALSE(holds("{workload.ep: 32, base: ep}"));
}

TEST_CASE("a filter may name an interval, ends included")
{
  CHECK(holds("{workload.ep: {from: 32, to: 40}}"));
  CHECK(holds("{workload.ep: {from: 8, to: 32}}"));
  CHECK_FALSE(holds("{workload.ep: {from: 33, to: 40}}"));
  CHECK(holds("{rate: {from: 14 GB/s, to: 14.5 GB/s}}"));
  CHECK_FALSE(holds("{base: {from: 1, to: 2}}"));
}

TEST_CASE("a filter does not hold for a point without its key")
{
  ReadingLog log;
  const Filter filter = read_filter(parse_text("f", "{rate: 1}"), "skip[0]", Known, log);
  CHECK_FALSE(filter.holds({{"workload.ep", "1"}}));
}

TEST_CASE("what is wrong with a filter is reported")
{
  ReadingLog log;
  read_filter(parse_text("f", "{workload.epp: 1, rate: {from: a, to: b}}"), "skip[0]", Known, log);
  read_filter(parse_text("f", "[a]"), "skip[1]", Known, log);
  REQUIRE(log.problems.size() == 3);
  CHECK_THAT(log.problems[0],
             Catch::StartsWith("f:1:2: skip[0]: ") && Catch::Contains("did you mean \"workload.ep\"?"));
  CHECK_THAT(log.problems[1], Catch::Contains("skip[0].rate: expected two numbers"));
  CHECK_THAT(log.problems[2], Catch::Contains("skip[1]: expected keys with values"));
}
