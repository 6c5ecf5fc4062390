#include "tests/support/packed_file.h"
#include "tests/unit/sim/temporary_folder.h"
#include "workloads/traces/expert_counts_file.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::workloads;

namespace {

const std::string Csv =
    "# two layers of three experts\nlayer,expert,count\n0,0,10\n0,1,20\n0,2,30\n1,0,5\n1, 1, 5\n1,2,0\n";

std::vector<std::string> problems_of(const std::string& path, std::uint32_t top_k = 1)
{
  auto read = read_expert_counts(path, top_k);
  REQUIRE(std::holds_alternative<std::vector<std::string>>(read));
  return std::get<std::vector<std::string>>(read);
}

}  // namespace

TEST_CASE("counts are read from CSV and from JSON, packed or not")
{
  const tests::TemporaryFolder folder;
  const std::string json = R"([{"layer": 0, "expert": 0, "count": 10}, {"layer": 0, "expert": 1, "count": 20},
    {"layer": 0, "expert": 2, "count": 30}, {"layer": 1, "expert": 0, "count": 5},
    {"layer": 1, "expert": 1, "count": 5}, {"layer": 1, "expert": 2, "count": 0}])";
  for (const std::string& path : {folder.with("a.csv", Csv), tests::packed(folder.file("a.csv.gz"), Csv),
                                  folder.with("a.json", json), tests::packed(folder.file("a.json.gz"), json)}) {
    auto read = read_expert_counts(path, 2);
    REQUIRE(std::holds_alternative<models::ExpertCounts>(read));
    const auto& counts = std::get<models::ExpertCounts>(read);
    CHECK(counts.layers == 2);
    CHECK(counts.experts == 3);
    CHECK(counts.counts == std::vector<std::uint64_t>{10, 20, 30, 5, 5, 0});
  }
}

TEST_CASE("every wrong cell is told with line and column")
{
  const tests::TemporaryFolder folder;
  const auto problems = problems_of(folder.with("a.csv", "layer,expert,count\n0,0,1\n0,one,2\n0,2,-3\n0,3\n1,2,3,4\n"));
  REQUIRE(problems.size() == 4);
  CHECK_THAT(problems[0], Catch::EndsWith("a.csv:3:3: expected an expert from 0 to 65535, found \"one\""));
  CHECK_THAT(problems[1], Catch::Contains("a.csv:4:5: expected a count") && Catch::EndsWith("found \"-3\""));
  CHECK_THAT(problems[2], Catch::Contains("a.csv:5:4: expected a count") && Catch::EndsWith("found \"\""));
  CHECK_THAT(problems[3], Catch::Contains("a.csv:6:5: expected a count") && Catch::EndsWith("found \"3,4\""));
}

TEST_CASE("a missing header, experts twice and experts left out are told")
{
  const tests::TemporaryFolder folder;
  CHECK_THAT(problems_of(folder.with("a.csv", "0,0,1\n")).at(0),
             Catch::EndsWith("a.csv:1:1: expected the line \"layer,expert,count\", found \"0,0,1\""));
  CHECK_THAT(problems_of(folder.with("b.csv", "layer,expert,count\n0,0,1\n0,0,2\n")).at(0),
             Catch::Contains("b.csv:3:1") && Catch::Contains("found expert 0 of layer 0 again (first at"));
  CHECK_THAT(problems_of(folder.with("c.csv", "layer,expert,count\n0,0,1\n0,1,2\n1,1,2\n")).at(0),
             Catch::EndsWith("found no expert 0 of layer 1"));
  CHECK_THAT(problems_of(folder.with("d.csv", "")).at(0), Catch::Contains("found no lines"));
}

TEST_CASE("counts that no choice of distinct experts can give are refused")
{
  const tests::TemporaryFolder folder;
  const std::string path = folder.with("a.csv", Csv);
  // 30 of 60 choices is half of them: top 2 can, top 3 cannot.
  CHECK(std::holds_alternative<models::ExpertCounts>(read_expert_counts(path, 2)));
  CHECK_THAT(problems_of(path, 3).at(0), Catch::Contains("layer 0: expected at most one of 3 choices of a token for "
                                                         "expert 2, found 30 of 60"));
}

TEST_CASE("wrong JSON is told with its place")
{
  const tests::TemporaryFolder folder;
  const auto problems = problems_of(folder.with("a.json", "[{\"layer\": 0, \"expert\": 0},\n {\"layer\": x}]"));
  REQUIRE(problems.size() == 4);
  CHECK_THAT(problems[0], Catch::Contains("a.json:1:2: count"));
  CHECK_THAT(problems[1], Catch::Contains("a.json:2:12: layer"));
}

TEST_CASE("a table far larger than its file is refused before it is made")
{
  const tests::TemporaryFolder folder;
  CHECK_THAT(problems_of(folder.with("a.csv", "layer,expert,count\n999,65535,1\n")).at(0),
             Catch::EndsWith("a.csv:1:1: expected at most 1000000 counts, found 1000 layers of 65536 experts"));
}

TEST_CASE("a dump of SGLang's recorder is read, its steps added up")
{
  const tests::TemporaryFolder folder;
  for (const char* text : {"{\"rank\": 0, \"logical_count\": [[10, 20, 30.0], [5, 5, 0]]}",
                           " {\"logical_count\": [[[4, 20, 0], [5, 1, 0]], [[6, 0, 30], [0, 4, 0]]]}"}) {
    auto read = read_expert_counts(folder.with("a.json", text), 2);
    REQUIRE(std::holds_alternative<models::ExpertCounts>(read));
    CHECK(std::get<models::ExpertCounts>(read).counts == std::vector<std::uint64_t>{10, 20, 30, 5, 5, 0});
  }
  const auto problem = [&](const std::string& text) { return problems_of(folder.with("b.json", text)).at(0); };
  CHECK_THAT(problem("{\"counts\": []}"), Catch::Contains("b.json:1:1: expected {\"logical_count\": ...}"));
  CHECK_THAT(problem("{\"logical_count\": [5]}"), Catch::Contains("b.json:1:19: logical_count: expected lists"));
  CHECK_THAT(problem("{\"logical_count\": [[5, -1]]}"),
             Catch::Contains("b.json:1:24: logical_count: expected a count from 0 to 1000000000000, found -1"));
  CHECK_THAT(problem("{\"logical_count\": [[5, 1], [1]]}"), Catch::Contains("found no expert 1 of layer 1"));
}
