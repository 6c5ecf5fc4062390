#include "sim/metrics/answer.h"
#include "sim/metrics/result.h"

#include <catch2/catch.hpp>

using namespace cm::sim::metrics;

TEST_CASE("the largest part is told with its share and the next one")
{
  const std::vector<Part> parts{
      {"experts", 20, "us"}, {"attention", 60, "us"}, {"gate", 5, "us"}, {"combine", 15, "us"}};
  CHECK(largest_part_clause(parts, "the time of a layer") ==
        "the largest part of the time of a layer is attention, 60.0 % of 100 us; next is experts, 20.0 %");
}

TEST_CASE("parts that are alike are said not to stand out")
{
  const std::vector<Part> parts{{"a", 30, "us"}, {"b", 26, "us"}, {"c", 24, "us"}, {"d", 20, "us"}};
  CHECK(largest_part_clause(parts, "it") == "no part of it stands out: a takes 30.0 % of 100 us, b 26.0 %");
}

TEST_CASE("a lone part is the whole, and parts of nothing say nothing")
{
  CHECK(largest_part_clause(std::vector<Part>{{"a", 3, "us"}, {"b", 0, "us"}}, "it") == "all of it is a, 3 us");
  CHECK(largest_part_clause(std::vector<Part>{{"a", 0, "us"}}, "it").empty());
  CHECK(largest_part_clause({}, "it").empty());
}

TEST_CASE("a clause becomes a sentence")
{
  CHECK(sentence_of("nothing stands out") == "Nothing stands out.");
  CHECK(sentence_of("Done.") == "Done.");
  CHECK(sentence_of("").empty());
}

TEST_CASE("a result has a metric and the statistics of histograms with values")
{
  Result result;
  result.add({.name = "time_us", .unit = "us", .meaning = "time", .formula = "end"}, 12);
  Histogram waits("us");
  result.histograms.push_back({"empty_us", waits});
  waits.record(3);
  result.histograms.push_back({"wait_us", waits});
  CHECK(result.has("time_us"));
  CHECK(result.has("wait_p99_us"));
  CHECK_FALSE(result.has("wait_us"));
  CHECK_FALSE(result.has("empty_p99_us"));
}

TEST_CASE("the answer stands in the file only when there is one")
{
  Result result;
  CHECK(to_json(result).find("\"answer\"") == std::string::npos);
  result.answer.limit = "Latency limits.";
  CHECK(to_json(result).find("\"limit\": \"Latency limits.\"") != std::string::npos);
}
