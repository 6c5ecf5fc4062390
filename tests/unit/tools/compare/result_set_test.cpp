#include "tests/unit/tools/compare/stored_results.h"
#include "tools/compare/result_set.h"

#include <catch2/catch.hpp>

using namespace cm::tools;
using cm::sim::config::ReadingLog;
using cm::tests::point_json;
using cm::tests::result_json;
using cm::tests::TemporaryFolder;

namespace {

std::vector<std::string> labels_of(const ResultSet& set)
{
  std::vector<std::string> labels;
  for (const StoredResult& result : set.results)
    labels.push_back(result.label);
  return labels;
}

std::string problem_with(const std::string& content)
{
  const TemporaryFolder folder;
  ReadingLog log;
  read_results(folder.with("result.json", content), log);
  REQUIRE(log.problems.size() == 1);
  return log.problems.front().substr(folder.file("result.json").size());
}

}  // namespace

TEST_CASE("a result is read from its file or its folder")
{
  const TemporaryFolder folder;
  folder.put("run/result.json", result_json());
  for (const char* name : {"run", "run/", "run/result.json"}) {
    ReadingLog log;
    const ResultSet set = read_results(folder.file(name), log);
    CHECK(log.problems.empty());
    REQUIRE(set.results.size() == 1);
    const StoredResult& result = set.results.front();
    CHECK(result.label.empty());
    CHECK(result.metrics.size() == 3);
    CHECK(result.metrics[0].better == cm::sim::metrics::Better::Lower);
    CHECK(result.histograms.at(0).buckets.size() == 2);
    CHECK(result.breakdown.at(1).name == "dispatch");
  }
}

TEST_CASE("folders of results and sweeps are read with labels that say where")
{
  const TemporaryFolder folder;
  folder.put("all/a/result.json", result_json());
  folder.put("all/b/points/00001.json", point_json(8, "done"));
  folder.put("all/b/points/00002.json", point_json(16, "refused"));
  folder.put("all/b/sweep.json", "{}");
  ReadingLog log;
  const ResultSet set = read_results(folder.file("all"), log);
  CHECK(log.problems.empty());
  CHECK(labels_of(set) ==
        std::vector<std::string>{"a", "b: ep, workload.ep=8, seed 1", "b: ep, workload.ep=16, seed 1"});
  CHECK_FALSE(set.results[2].is_done());
  CHECK(set.results[2].reason == "does not fit the HBM");
}

TEST_CASE("results of versions without directions take them from the units")
{
  std::string text = result_json();
  for (const std::string line : {"      \"better\": \"lower\",\n", "      \"better\": \"higher\",\n"})
    text.erase(text.find(line), line.size());
  const TemporaryFolder folder;
  ReadingLog log;
  const ResultSet set = read_results(folder.with("result.json", text), log);
  CHECK(log.problems.empty());
  CHECK(set.results.at(0).metrics.at(0).better == cm::sim::metrics::Better::Lower);
  CHECK(set.results.at(0).metrics.at(1).better == cm::sim::metrics::Better::Higher);
}

TEST_CASE("what is no result is an error with its place")
{
  CHECK(problem_with("{\n  \"schema\": cmsim\n}\n") == ":2:13: expected a value of JSON, found \"c\"");
  CHECK(problem_with("[]") == ":1:1: expected an object of JSON, found a list");
  CHECK(problem_with("{\n  \"schema\": \"theirs/1\"}") ==
        ":2:13: schema: expected \"cmsim-result/1\" or \"cmsim-point/1\", found \"theirs/1\"");
  std::string text = result_json();
  const std::string number = "\"value\": 50.0";
  text.replace(text.find(number), number.size(), "\"value\": \"fast\"");
  CHECK_THAT(problem_with(text), Catch::Contains(": metrics.tpot_ms.value: expected a number, found \"fast\""));
}

TEST_CASE("numbers, names and levels that no result has are told with their place")
{
  const auto with = [](const std::string& old_text, const std::string& new_text) {
    std::string text = result_json();
    return text.replace(text.find(old_text), old_text.size(), new_text);
  };
  CHECK_THAT(problem_with(with("50.0", "1e999")),
             Catch::Contains(": expected a number of at most 1.8e308, found 1e999"));
  CHECK_THAT(problem_with(with("50.0", std::string(100'000, '['))), Catch::Contains(": expected at most 64 levels"));
  CHECK_THAT(problem_with(with("\"run\": {", "\"run\": {}, \"run\": {")), Catch::Contains(": expected each key once"));
  CHECK_THAT(problem_with(with("\"run\": {", "\"run\": \"\xff\", \"x\": {")), Catch::Contains("the invalid byte 0xff"));
  CHECK_THAT(problem_with(with("\"ms\"", "\"\\u001b[2J\", \"unit2\": 1").append("x")),
             Catch::Contains("the end of the text"));
  CHECK_THAT(problem_with(with("\"ms\"", "[\"\\u001b[2J\"]")),
             Catch::Contains("metrics.tpot_ms.unit: expected a text, found a list"));
  CHECK_THAT(problem_with(with("machine.ub.mtu = 8 KiB: a guess\"", "x\", 3")),
             Catch::Contains("run.assumed.1: expected a text, found 3"));
}

TEST_CASE("buckets that are none are told with their place")
{
  const auto with = [](const std::string& buckets) {
    std::string text = result_json();
    const std::size_t start = text.find("\"buckets\": [") + 11;
    return text.replace(start, text.find("\n      ]", start) + 8 - start, "[" + buckets + "]");
  };
  REQUIRE(with("").find("\"buckets\": []") != std::string::npos);
  for (const std::string wrong :
       {"[2, 3]", "[2, 3, -1]", "[3, 2, 1]", "[2, 3, 1, 4]", "7", "[2, 3, \"many\"]", "[0, 1, 5]"}) {
    INFO(wrong);
    CHECK_THAT(
        problem_with(with("[1, 2, 5], " + wrong)),
        Catch::Contains("histograms.wait_us.buckets.1: expected a bucket [low, high, count] above the one before"));
  }
}

TEST_CASE("of a file that is wrong throughout the first problems say enough")
{
  std::string metrics;
  for (int i = 0; i < 100; ++i)
    metrics += "\"m" + std::to_string(i) + "\": 3,";
  std::string text = result_json();
  text.replace(text.find("\"metrics\": {"), 12, "\"metrics\": {" + metrics);
  const TemporaryFolder folder;
  ReadingLog log;
  read_results(folder.with("result.json", text), log);
  REQUIRE(log.problems.size() == 21);
  CHECK_THAT(log.problems.back(), Catch::EndsWith("further problems in this file are not listed"));
}

TEST_CASE("a path without results is an error")
{
  const TemporaryFolder folder;
  ReadingLog log;
  read_results(folder.path().string(), log);
  read_results(folder.file("absent"), log);
  REQUIRE(log.problems.size() == 2);
  CHECK_THAT(log.problems[0], Catch::Contains("found no result.json and no points"));
  CHECK_THAT(log.problems[1], Catch::Contains("absent:1:1: expected a readable file, found none"));
}

TEST_CASE("what a killed run left is no result")
{
  const TemporaryFolder folder;
  folder.put("a/result.json", result_json());
  folder.put("a.partial-12/result.json", result_json());
  folder.put("a/.partial-12/result.json", result_json());
  folder.put("b/.complete/result.json", result_json());
  ReadingLog log;
  CHECK(labels_of(read_results(folder.path().string(), log)) == std::vector<std::string>{"a"});
  CHECK(log.problems.empty());
}
