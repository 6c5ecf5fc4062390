#include "tools/sweep_plan/filter.h"

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

TEST_CASE("a filter compares quantities, not the numbers that they begin with")
{
  CHECK_FALSE(holds("{rate: {from: 10 MB/s, to: 20 MB/s}}"));
  CHECK(holds("{rate: {from: 13000 MB/s, to: 14000 MB/s}}"));
  CHECK(holds("{rate: {from: 100 Gb/s, to: 1 TB/s}}"));
  CHECK(holds("{rate: 14000 MB/s}"));
  CHECK(holds("{workload.ep: 32.0}"));
  CHECK_FALSE(holds("{rate: 14 GB}"));
}

TEST_CASE("whole numbers at the end of 64 bits are told apart")
{
  ReadingLog log;
  const Filter filter = read_filter(parse_text("f", "{rate: {from: 9223372036854775807, to: 9223372036854775807}}"),
                                    "skip[0]", Known, log);
  CHECK(filter.holds({{"rate", "9223372036854775807"}}));
  CHECK_FALSE(filter.holds({{"rate", "9223372036854775806"}}));
}

TEST_CASE("an interval in other units than its axis, or upside down, is refused where it stands")
{
  ReadingLog log;
  const std::vector<Axis> axes{read_axis(parse_text("f", "{rate: [14 GB/s, 28 GB/s]}"), "axes[0]", log)};
  for (const char* text : {"{rate: {from: 10 MB, to: 20 MB}}", "{rate: {from: 10, to: 20}}"})
    refuse_other_units(read_filter(parse_text("f", text), "skip[0]", Known, log), axes, "skip[0]", log);
  REQUIRE(log.problems.size() == 2);
  CHECK_THAT(log.problems[0], Catch::StartsWith("f:1:8: skip[0].rate: expected values that compare with those of the "
                                                "axis, like \"14 GB/s\""));
  read_filter(parse_text("f", "{rate: {from: 2 s, to: 1 GB/s}}"), "skip[0]", Known, log);
  read_filter(parse_text("f", "{rate: {from: 2 GB/s, to: 1 GB/s}}"), "skip[0]", Known, log);
  REQUIRE(log.problems.size() == 4);
  CHECK_THAT(log.problems[2], Catch::Contains("two quantities of one kind"));
  CHECK_THAT(log.problems[3], Catch::Contains("expected the smaller value first"));
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
