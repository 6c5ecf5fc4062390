#include "sim/diagnostics/errors.h"
#include "tests/support/all_requests.h"
#include "tests/support/packed_file.h"
#include "tests/unit/sim/temporary_folder.h"
#include "workloads/traces/dialects/request_file.h"
#include "workloads/traces/load_scaling.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <vector>

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
    CHECK_THAT(error.what(), Catch::Contains("bad.jsonl:4:25: expected a closing quote"));
  }
  // The third line is ahead of those that follow it.
  const auto lenient = open_request_file({.path = path, .skip_damaged_lines = true});
  CHECK(tests::all_requests(*lenient).size() == 5);
  CHECK(lenient->counts().skipped == 2);
}

TEST_CASE("ids that do not fit the length, and files of neither format, are told")
{
  const tests::TemporaryFolder folder;
  const std::string wrong = R"({"timestamp": 0, "input_length": 600, "output_length": 5, "hash_ids": [0]})";
  CHECK_THROWS_WITH(tests::all_requests(*open_request_file({.path = folder.with("a.jsonl", wrong)})),
                    Catch::Contains("a.jsonl:1:71: hash_ids: expected 2 ids"));
  CHECK_THROWS_WITH(open_request_file({.path = folder.with("b.csv", "time,tokens\n1,2\n")}),
                    Catch::Contains("b.csv:1:1: expected a JSON object a line"));
  CHECK_THROWS_WITH(
      tests::all_requests(*open_request_file({.path = folder.with("c.csv", Azure + "2023-11-17 00:00:02,12,many\n")})),
      Catch::Contains("c.csv:4:24: GeneratedTokens: expected a number of tokens"));
}

TEST_CASE("a length or a time that no run can have is told, with its column")
{
  const tests::TemporaryFolder folder;
  const auto read = [&](const std::string& line) {
    tests::all_requests(*open_request_file({.path = folder.with("a.jsonl", line + "\n")}));
  };
  CHECK_THROWS_WITH(
      read(R"({"timestamp": 0, "input_length": 9223372036854775807, "output_length": 5})"),
      Catch::Contains("a.jsonl:1:34: input_length: expected a number of tokens from 1 to 100000000, found 92"));
  CHECK_THROWS_WITH(
      read(R"({"timestamp": 0, "input_length": 9223372036854775807, "output_length": 5, "hash_ids": [1]})"),
      Catch::Contains("a.jsonl:1:34: input_length: expected"));
  CHECK_THROWS_WITH(read(R"({"timestamp": 9223372036854775807, "input_length": 1, "output_length": 5})"),
                    Catch::Contains("a.jsonl:1:15: timestamp: expected a number from 0 to 10000000000000, found 92"));
  CHECK_NOTHROW(read(R"({"timestamp": 10000000000000, "input_length": 1, "output_length": 5})"));
  CHECK_THROWS_WITH(
      tests::all_requests(*open_request_file({.path = folder.with("b.csv", Azure + "2025-11-17 00:00:02,12,1\n")})),
      Catch::Contains("b.csv:4:1: expected a time within 100 days of the start, found 2025-11-17"));
}

TEST_CASE("a line that no tree should be made of is damaged like any other")
{
  const tests::TemporaryFolder folder;
  const auto read = [&](const std::string& line, bool skips) {
    return tests::all_requests(
        *open_request_file({.path = folder.with("a.jsonl", Mooncake + line + "\n"), .skip_damaged_lines = skips}));
  };
  const std::string head = R"({"timestamp": 3000, "input_length": 10, "output_length": 1, "hash_ids": )";
  const std::vector<std::pair<std::string, std::string>> lines{
      {head + "[1e999]}", "a.jsonl:4:74: expected a number of at most 1.8e308, found 1e999"},
      {head + std::string(200'000, '[') + std::string(200'000, ']') + "}", "a.jsonl:4:136: expected at most 64 levels"},
      {head + "[9], \"hash_ids\": [9]}", "a.jsonl:4:78: expected each key once, found \"hash_ids\" again"},
      {head + "[9], \"who\": \"\xff\"}", "a.jsonl:4:86: expected UTF-8 text"},
      {"[" + head, "a.jsonl:4:"},
      {"{}", "a.jsonl:4:1: timestamp: expected a number"}};
  for (const auto& [line, words] : lines) {
    INFO(words);
    CHECK_THROWS_WITH(read(line, false), Catch::Contains(words));
    CHECK(read(line, true).size() == 3);
  }
}

TEST_CASE("Azure's times may have a zone, and a file a byte-order mark")
{
  const tests::TemporaryFolder folder;
  const std::string rows =
      "\xef\xbb\xbfTIMESTAMP,ContextTokens,GeneratedTokens\n2024-05-12 00:00:00.001163+00:00,374,44\n"
      "2024-05-12 02:00:01.001163+02:00,396,109\n2024-05-12 00:00:02.001163Z,1,2\n";
  const auto requests = tests::all_requests(*open_request_file({.path = folder.with("a.csv", rows)}));
  REQUIRE(requests.size() == 3);
  CHECK(requests[1].arrival.count() == Approx(1));
  CHECK(requests[2].arrival.count() == Approx(2));
  CHECK(tests::all_requests(*open_request_file({.path = folder.with("b.jsonl", "\xef\xbb\xbf" + Mooncake)})).size() ==
        3);
  for (const std::string time :
       {"2024-05-12 00:00:00+", "2024/05/12 00:00:00", "2024-05-12 00:00:00+25:00", "2024-05-12 00:00:00 UTC"})
    CHECK_THROWS_WITH(tests::all_requests(*open_request_file({.path = folder.with("c.csv", Azure + time + ",1,1\n")})),
                      Catch::Contains("c.csv:4:1: TIMESTAMP: expected a time like"));
}

TEST_CASE("of two lines in the wrong order the one is damaged without which the others are in order")
{
  const tests::TemporaryFolder folder;
  const auto line = [](int milliseconds) {
    return fmt::format("{{\"timestamp\": {}, \"input_length\": 1, \"output_length\": 1}}\n", milliseconds);
  };
  std::string ahead;
  std::string behind;
  for (int i = 0; i < 200; ++i) {
    ahead += line(i == 50 ? 9'000'000 : i * 1000);
    behind += line(i == 50 ? 3000 : i * 1000);
  }
  for (const std::string& text : {ahead, behind}) {
    const auto source = open_request_file({.path = folder.with("a.jsonl", text), .skip_damaged_lines = true});
    CHECK(tests::all_requests(*source).size() == 199);
    CHECK(source->counts().skipped == 1);
  }
  CHECK_THROWS_WITH(tests::all_requests(*open_request_file({.path = folder.with("b.jsonl", ahead)})),
                    Catch::Contains("b.jsonl:51:15: expected requests in order of arrival, found 9000000 ms, and "
                                    "51000 ms in line 52"));
  CHECK_THROWS_WITH(tests::all_requests(*open_request_file({.path = folder.with("c.jsonl", behind)})),
                    Catch::Contains("c.jsonl:51:15: expected requests in order of arrival, found 3000 ms, and 49000 ms "
                                    "in line 50"));
  CHECK_THROWS_WITH(open_request_file({.path = folder.with("d.jsonl", "")}),
                    Catch::Contains("d.jsonl:1:1: expected") && Catch::Contains("an empty file"));
}

TEST_CASE("a source says how many requests it spread")
{
  const tests::TemporaryFolder folder;
  const auto spread = [](std::unique_ptr<RequestSource> source) {
    tests::all_requests(*source);
    return source->counts().spread;
  };
  CHECK(spread(open_request_file({.path = folder.with("a.jsonl", Mooncake), .spread = Seconds(3)})) == 2);
  CHECK(spread(open_request_file({.path = folder.with("a.jsonl", Mooncake)})) == 0);
  CHECK(spread(open_request_file({.path = folder.with("b.csv", Azure), .spread = Seconds(3)})) == 0);
}

TEST_CASE("times count from the first request of the part of a trace that is run")
{
  const tests::TemporaryFolder folder;
  const auto line = [](int milliseconds) {
    return fmt::format("{{\"timestamp\": {}, \"input_length\": 1, \"output_length\": 1}}\n", milliseconds);
  };
  std::string late;
  for (int i = 0; i < 100; ++i)
    late += line(3'600'000 + 200 * i);
  const std::string path = folder.with("a.jsonl", late);
  const auto whole = tests::all_requests(*part_of(open_request_file({.path = path}), {}));
  REQUIRE(whole.size() == 100);
  CHECK(whole.front().arrival == Seconds(0));
  CHECK(whole[3].arrival == Seconds(0.6));
  CHECK(whole.back().arrival == Seconds(19.8));
  const auto part =
      tests::all_requests(*part_of(open_request_file({.path = path}), {.start = Seconds(9.9), .length = Seconds(5)}));
  REQUIRE(part.size() == 25);
  CHECK(part.front().arrival == Seconds(0));
  CHECK(part.back().arrival.count() == Approx(4.8));
}

TEST_CASE("what is said of damaged and of spread requests is about the part of a trace that is run")
{
  const tests::TemporaryFolder folder;
  const auto line = [](int seconds) {
    return fmt::format("{{\"timestamp\": {}, \"input_length\": 1, \"output_length\": 1}}\n", seconds * 1000);
  };
  // Three requests a stamp; a damaged line behind the first of each.
  std::string text;
  for (int stamp = 0; stamp < 30; stamp += 3)
    text += line(stamp) + "{\n" + line(stamp) + line(stamp);
  const RequestFileSpec spec{.path = folder.with("a.jsonl", text), .skip_damaged_lines = true, .spread = Seconds(3)};
  const auto of_part = [&](const TracePart& part) {
    const auto source = part_of(open_request_file(spec), part);
    const std::size_t requests = tests::all_requests(*source).size();
    return std::vector<std::uint64_t>{requests, source->counts().spread, source->counts().skipped};
  };
  CHECK(of_part({}) == std::vector<std::uint64_t>{30, 30, 10});
  CHECK(of_part({.start = Seconds(6), .length = Seconds(6)}) == std::vector<std::uint64_t>{6, 6, 2});
  CHECK(of_part({.start = Seconds(21), .length = Seconds(0)}) == std::vector<std::uint64_t>{9, 9, 3});
}

TEST_CASE("a part of a trace without requests is told by its keys")
{
  const tests::TemporaryFolder folder;
  const std::string path = folder.with("a.jsonl", Mooncake);
  CHECK_THROWS_WITH(part_of(open_request_file({.path = path}), {.start = Seconds(4), .length = Seconds(0)})->next(),
                    Catch::Contains("workload.trace_start: expected a time before the last request's, 3 s, found 4 s"));
  CHECK_THROWS_WITH(part_of(open_request_file({.path = path}), {.start = Seconds(1), .length = Seconds(1)})->next(),
                    Catch::Contains("workload.trace_length: no request arrives in the 1 s from 1 s on"));
}

TEST_CASE("many copies share no block, and the first keeps the ids of the file")
{
  const tests::TemporaryFolder folder;
  const auto source = scaled(open_request_file({.path = folder.with("a.jsonl", Mooncake)}), {.copies = 300});
  std::map<std::uint64_t, std::size_t> first_with;
  for (std::size_t i = 0; i < 300; ++i) {
    const auto request = source->next();
    REQUIRE(request);
    if (i == 0)
      CHECK(request->blocks == std::vector<std::uint64_t>{0, 1});
    for (const std::uint64_t block : request->blocks)
      CHECK(first_with.emplace(block, i).second);
  }
}

TEST_CASE("a request after the clock's end is told by the key to change")
{
  const tests::TemporaryFolder folder;
  const auto source =
      within_clock(scaled(open_request_file({.path = folder.with("a.jsonl", Mooncake)}), {.time_scale = 1e7}),
                   "workload.time_scale");
  CHECK_THROWS_WITH(tests::all_requests(*source),
                    Catch::Contains("workload.time_scale: expected requests within 100 days"));
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
