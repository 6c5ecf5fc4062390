#include "sim/diagnostics/errors.h"
#include "tests/support/all_requests.h"
#include "tests/support/packed_file.h"
#include "tests/unit/sim/temporary_folder.h"
#include "workloads/traces/load_scaling.h"
#include "workloads/traces/request_file.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::workloads;

namespace {

const std::string Mooncake = R"({"timestamp": 0, "input_length": 600, "output_length": 5, "hash_ids": [0, 1]}
{"timestamp": 0, "input_length": 512, "output_length": 7, "hash_ids": [0]}
{"timestamp": 3000, "input_length": 10, "output_length": 1, "hash_ids": [9]}
)";

const std::string Azure =
    "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.6805900,374,44\n2023-11-17 00:00:01.5,396,109\n";

}  // namespace

TEST_CASE("Mooncake's requests are read, packed or not, and spread over the step of their time stamp")
{
  const tests::TemporaryFolder folder;
  for (const std::string& path :
       {folder.with("a.jsonl", Mooncake), tests::packed(folder.file("a.jsonl.gz"), Mooncake)}) {
    const auto source = open_request_file({.path = path, .spread = Seconds(3)});
    const auto requests = tests::all_requests(*source);
    REQUIRE(requests.size() == 3);
    CHECK(requests[0] == Request{Seconds(0), 600, 5, {0, 1}});
    CHECK(requests[1] == Request{Seconds(1.5), 512, 7, {0}});
    CHECK(requests[2] == Request{Seconds(3), 10, 1, {9}});
  }
}

TEST_CASE("Azure's requests arrive as long after the first as their times say, over midnight too")
{
  const tests::TemporaryFolder folder;
  const auto source = open_request_file({.path = folder.with("a.csv", Azure)});
  const auto requests = tests::all_requests(*source);
  REQUIRE(requests.size() == 2);
  CHECK(requests[0] == Request{Seconds(0), 374, 44, {}});
  CHECK(requests[1].arrival.count() == Approx(20654.81941).epsilon(1e-9));
}

TEST_CASE("a damaged line is told with file and line, or skipped and counted")
{
  const tests::TemporaryFolder folder;
  const std::string path = folder.with("bad.jsonl", Mooncake + "{\"timestamp\": 3000, \"inp\n" + Mooncake);
  const auto strict = open_request_file({.path = path});
  try {
    tests::all_requests(*strict);
    FAIL("a damaged line was read");
  } catch (const ConfigError& error) {
    CHECK_THAT(error.what(), Catch::Contains("bad.jsonl:4:1: expected {\"timestamp\""));
  }
  // The last three lines but one go back in time.
  const auto lenient = open_request_file({.path = path, .skip_damaged_lines = true});
  CHECK(tests::all_requests(*lenient).size() == 4);
  CHECK(lenient->skipped() == 3);
}

TEST_CASE("ids that do not fit the length, and files of neither format, are told")
{
  const tests::TemporaryFolder folder;
  const std::string wrong = R"({"timestamp": 0, "input_length": 600, "output_length": 5, "hash_ids": [0]})";
  CHECK_THROWS_WITH(tests::all_requests(*open_request_file({.path = folder.with("a.jsonl", wrong)})),
                    Catch::Contains("a.jsonl:1:1: hash_ids: expected 2 ids"));
  CHECK_THROWS_WITH(open_request_file({.path = folder.with("b.csv", "time,tokens\n1,2\n")}),
                    Catch::Contains("b.csv:1:1: expected a JSON object a line"));
  CHECK_THROWS_WITH(
      tests::all_requests(*open_request_file({.path = folder.with("c.csv", Azure + "2023-11-17 00:00:02,12,many\n")})),
      Catch::Contains("c.csv:4:24: expected a number of tokens"));
}

TEST_CASE("copies come between a request and the next one and share no block")
{
  const tests::TemporaryFolder folder;
  const auto source = scaled(open_request_file({.path = folder.with("a.jsonl", Mooncake), .spread = Seconds(3)}),
                             {.time_scale = 0.5, .copies = 3});
  const auto requests = tests::all_requests(*source);
  REQUIRE(requests.size() == 9);
  CHECK(requests[0].blocks == std::vector<std::uint64_t>{0, 1});
  for (std::size_t i = 1; i < requests.size(); ++i)
    CHECK(requests[i].arrival >= requests[i - 1].arrival);
  CHECK(requests[1].arrival.count() == Approx(0.25));
  CHECK(requests[6].arrival.count() == Approx(1.5));
  // The copies of the first two requests share block 0 within a copy and nothing between copies.
  for (std::size_t copy = 0; copy < 3; ++copy) {
    CHECK(requests[copy].blocks[0] == requests[3 + copy].blocks[0]);
    for (std::size_t other = copy + 1; other < 3; ++other)
      CHECK(requests[copy].blocks[0] != requests[other].blocks[0]);
  }
}
