#include "tools/sweep_plan/value_range.h"

#include <catch2/catch.hpp>

using namespace cm::tools;
using cm::sim::config::parse_text;
using cm::sim::config::ReadingLog;
using cm::sim::config::Value;

namespace {

std::vector<std::string> values(const std::string& text, ReadingLog& log)
{
  std::vector<std::string> texts;
  for (const Value& value : range_values(parse_text("f", text), "x", log))
    texts.push_back(value.text);
  return texts;
}

std::string problem(const std::string& text)
{
  ReadingLog log;
  CHECK(values(text, log).empty());
  REQUIRE(log.problems.size() == 1);
  return log.problems[0];
}

}  // namespace

TEST_CASE("a range walks from end to end, both included")
{
  using Texts = std::vector<std::string>;
  ReadingLog log;
  CHECK(values("{from: 1, to: 7}", log) == Texts{"1", "2", "3", "4", "5", "6", "7"});
  CHECK(values("{from: 8, to: 320, times: 2}", log) == Texts{"8", "16", "32", "64", "128", "256"});
  CHECK(values("{from: 14 GB/s, to: 30 GB/s, step: 7 GB/s}", log) == Texts{"14 GB/s", "21 GB/s", "28 GB/s"});
  CHECK(values("{from: 0.1, to: 0.3, step: 0.1}", log) == Texts{"0.1", "0.2", "0.3"});
  CHECK(values("{from: -2, to: 2, step: 2}", log) == Texts{"-2", "0", "2"});
  CHECK(values("{from: 5, to: 5}", log) == Texts{"5"});
  CHECK(values("{from: 1, to: 9000000000000000000, times: 1000000}", log).size() == 4);
  CHECK(log.problems.empty());
}

TEST_CASE("a range at the end of 64 bits ends there")
{
  using Texts = std::vector<std::string>;
  ReadingLog log;
  CHECK(values("{from: 9223372036854775806, to: 9223372036854775807}", log) ==
        Texts{"9223372036854775806", "9223372036854775807"});
  CHECK(values("{from: 9223372036854775800, to: 9223372036854775807, step: 5}", log) ==
        Texts{"9223372036854775800", "9223372036854775805"});
  CHECK(values("{from: -9223372036854775807, to: 9223372036854775807, step: 9223372036854775807}", log) ==
        Texts{"-9223372036854775807", "0", "9223372036854775807"});
  CHECK(values("{from: 4611686018427387904, to: 9223372036854775807, times: 2}", log) == Texts{"4611686018427387904"});
  CHECK(values("{from: 922337203685477580.6, to: 922337203685477580.7, step: 0.1}", log) ==
        Texts{"922337203685477580.6", "922337203685477580.7"});
  CHECK(log.problems.empty());
  CHECK_THAT(problem("{from: 1, to: 9223372036854775808}"), Catch::Contains("that 64 bits count in their last digit"));
  CHECK_THAT(problem("{from: 0.1, to: 9223372036854775807, step: 0.1}"), Catch::Contains("64 bits count"));
  CHECK_THAT(problem("{from: 1e-13, to: 1, step: 1}"), Catch::Contains("of 1e-12 or more"));
}

TEST_CASE("a range that cannot be walked says why")
{
  using Catch::Contains;
  CHECK_THAT(problem("{from: 7, to: 1}"), Contains("f:1:1: x: expected to climb from \"7\" to \"1\""));
  CHECK_THAT(problem("{from: 1, to: 7, step: 0}"), Contains("steps above 0"));
  CHECK_THAT(problem("{from: 0, to: 7, times: 2}"), Contains("steps above 0"));
  CHECK_THAT(problem("{from: 1, to: 7, step: 1, times: 2}"), Contains("found both"));
  CHECK_THAT(problem("{from: 1 us, to: 7 us}"), Contains("expected a step (or times), since the values have a unit"));
  CHECK_THAT(problem("{from: 1 us, to: 7 ms, step: 1 us}"), Contains("expected one unit"));
  CHECK_THAT(problem("{from: a, to: b}"), Contains("expected numbers"));
  CHECK_THAT(problem("{from: 1, to: 1000000}"), Contains("at most 10000 values"));
  CHECK_THAT(problem("{from: 1}"), Contains("x.to: expected"));
  CHECK_THAT(problem("{from: 1, to: 2, stpe: 1}"), Contains("did you mean \"step\"?"));
}
