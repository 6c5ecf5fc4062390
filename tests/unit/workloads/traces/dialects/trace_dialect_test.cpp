#include "sim/config/reader.h"
#include "sim/diagnostics/errors.h"
#include "tests/support/all_requests.h"
#include "tests/unit/sim/temporary_folder.h"
#include "workloads/traces/dialects/dialect_guess.h"
#include "workloads/traces/dialects/request_file.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <string>
#include <vector>

using namespace cm;
using namespace cm::workloads;

namespace {

std::string ids_text(int tokens, int block_tokens, int first)
{
  std::string text;
  for (int block = 0; block * block_tokens < tokens; ++block)
    text += fmt::format("{}{}", block == 0 ? "" : ", ", first + block);
  return text;
}

// A request every 0.75 units, with blocks of 16 tokens.
std::string lines(double first, double step)
{
  std::string text;
  for (int i = 0; i < 50; ++i)
    text += fmt::format("{{\"chat_id\": {}, \"timestamp\": {}, \"input_length\": {}, \"output_length\": 30, "
                        "\"hash_ids\": [{}]}}\n",
                        i, first + step * i, 40 + i, ids_text(40 + i, 16, 10 * i));
  return text;
}

}  // namespace

TEST_CASE("a file in seconds and blocks of 16 tokens is told by the keys that read it")
{
  const tests::TemporaryFolder folder;
  const std::string path = folder.with("a.jsonl", lines(0.4, 0.75));
  CHECK_THROWS_WITH(tests::all_requests(*open_request_file({.path = path})),
                    Catch::Contains("a.jsonl:1:29: timestamp: expected an integer") &&
                        Catch::Contains("the lines look like times in seconds and blocks of 16 tokens: "
                                        "workload.trace_format={time: s, block_tokens: 16} reads it so"));
  // With the times right the blocks are still wrong.
  CHECK_THROWS_WITH(tests::all_requests(*open_request_file({.path = path, .dialect = {.time = TimeUnit::Seconds}})),
                    Catch::Contains("hash_ids: expected 1 ids for 40 tokens in blocks of 512, found 3") &&
                        Catch::Contains("look like blocks of 16 tokens: workload.trace_format={block_tokens: 16}"));
  // Leaving out all lines is no way to read it.
  CHECK_THROWS_WITH(tests::all_requests(*open_request_file({.path = path, .skip_damaged_lines = true})),
                    Catch::StartsWith(path + ":1:1: expected lines that can be read, found 50 of 50 that cannot; "
                                             "the first is ") &&
                        Catch::Contains("; the lines look like times in seconds and blocks of 16 tokens"));
  const auto requests = tests::all_requests(
      *open_request_file({.path = path, .dialect = {.time = TimeUnit::Seconds, .block_tokens = 16}}));
  REQUIRE(requests.size() == 50);
  CHECK(requests[0].arrival == Seconds(0));
  CHECK(requests[1].arrival.count() == Approx(0.75));
  // One cached block of 512 tokens, not full.
  CHECK(requests[49].blocks.size() == 1);
}

TEST_CASE("times are read in the unit that is given, whole or not, and dates count from the first")
{
  const tests::TemporaryFolder folder;
  const auto second = [&](double first, double step, TimeUnit unit) {
    const std::string path = folder.with("a.jsonl", lines(first, step));
    const auto requests =
        tests::all_requests(*open_request_file({.path = path, .dialect = {.time = unit, .block_tokens = 16}}));
    return requests.at(1).arrival.count();
  };
  CHECK(second(0, 2, TimeUnit::Seconds) == Approx(2));
  CHECK(second(0, 2.5, TimeUnit::Milliseconds) == Approx(2.5e-3));
  CHECK(second(7, 500'000, TimeUnit::Microseconds) == Approx(0.5));
  CHECK(second(0, 1'000'000, TimeUnit::Nanoseconds) == Approx(1e-3));
  CHECK(second(1'700'000'000.25, 0.5, TimeUnit::Seconds) == Approx(0.5));
}

TEST_CASE("the unit of dates, and of times too long for milliseconds, is told")
{
  const tests::TemporaryFolder folder;
  const auto text_of = [&](double first, double step) {
    return other_dialect_text(folder.with("a.jsonl", lines(first, step)), {.block_tokens = 16}, 512);
  };
  CHECK_THAT(text_of(1'700'000'000, 1), Catch::Contains("times in seconds: workload.trace_format={time: s}"));
  CHECK_THAT(text_of(1.7e15, 1e6), Catch::Contains("times in microseconds: workload.trace_format={time: us}"));
  CHECK_THAT(text_of(0, 1e12), Catch::Contains("{time: ns}"));
  CHECK_THAT(text_of(0, 1), Catch::Contains("{time: s}"));  // else a thousand requests a second
  CHECK(text_of(0, 750).empty());
  CHECK(text_of(1.7e12, 750).empty());
  CHECK(other_dialect_text(folder.file("none.jsonl"), {}, 512).empty());
}

TEST_CASE("one damaged time makes no other unit")
{
  const tests::TemporaryFolder folder;
  const std::string late = "{\"timestamp\": 9999999999000, \"input_length\": 9, \"output_length\": 1}\n";
  const auto text_of = [&](const std::string& text) {
    return other_dialect_text(folder.with("a.jsonl", text), {.block_tokens = 16}, 512);
  };
  CHECK(text_of(lines(0, 750) + late).empty());
  CHECK(text_of(late + lines(0, 750)).empty());
  CHECK(text_of("{\"timestamp\": 0}\n" + lines(1.7e12, 750)).empty());
  CHECK_THAT(text_of("{\"timestamp\": 0}\n" + lines(1.7e15, 1e6)), Catch::Contains("{time: us}"));
}

TEST_CASE("one damaged line makes a file no dialect")
{
  const tests::TemporaryFolder folder;
  const std::string odd = "{\"timestamp\": 0.5, \"input_length\": 9, \"output_length\": 1, \"hash_ids\": [1, 2]}\n";
  const std::string path = folder.with("a.jsonl", odd + lines(1, 750));
  CHECK_THROWS_WITH(tests::all_requests(*open_request_file({.path = path, .dialect = {.block_tokens = 16}})),
                    Catch::Contains("(workload.skip_damaged_lines: true leaves such lines out)"));
  const auto lenient = open_request_file({.path = path, .skip_damaged_lines = true, .dialect = {.block_tokens = 16}});
  CHECK(tests::all_requests(*lenient).size() == 50);
  CHECK(lenient->skipped() == 1);
}

TEST_CASE("cached blocks of many ids are equal when all ids up to their end are")
{
  const tests::TemporaryFolder folder;
  const auto line = [](int milliseconds, const std::string& ids) {
    return fmt::format("{{\"timestamp\": {}, \"input_length\": 100, \"output_length\": 1, \"hash_ids\": [{}]}}\n",
                       milliseconds, ids);
  };
  const std::string path = folder.with("a.jsonl", line(0, "1, 2, 3, 4, 5, 6, 7") + line(1, "1, 2, 3, 4, 5, 6, 8") +
                                                      line(2, "9, 2, 3, 4, 5, 6, 7") + line(3, "1, 2, 3, 4, 9, 6, 7"));
  const auto requests =
      tests::all_requests(*open_request_file({.path = path, .block_tokens = 32, .dialect = {.block_tokens = 16}}));
  REQUIRE(requests.size() == 4);
  const auto equal_blocks = [&](std::size_t other) {
    std::size_t equal = 0;
    while (equal < 4 && requests[0].blocks.at(equal) == requests[other].blocks.at(equal))
      ++equal;
    return equal;
  };
  CHECK(requests[0].blocks.size() == 4);
  CHECK(equal_blocks(1) == 3);
  CHECK(equal_blocks(2) == 0);
  CHECK(equal_blocks(3) == 2);
}

TEST_CASE("a dialect of a file that has none is refused")
{
  const tests::TemporaryFolder folder;
  const std::string path =
      folder.with("a.csv", "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.6805900,374,44\n");
  CHECK_THROWS_WITH(open_request_file({.path = path, .dialect = {.time = TimeUnit::Seconds}}),
                    Catch::Contains("a.csv:1:1: expected JSON lines, which workload.trace_format is for"));
}

TEST_CASE("the keys of a dialect are read, and blocks that make up no cached one are refused")
{
  const auto read = [](const std::string& keys, std::vector<std::string>& problems) {
    const sim::config::Value value = sim::config::parse_text("s.yaml", "{" + keys + "}");
    sim::config::ReadingLog log;
    const TraceDialect dialect = read_trace_dialect({value, "workload.trace_format", log}, 512);
    problems = log.problems;
    return dialect;
  };
  std::vector<std::string> problems;
  CHECK(read("", problems) == TraceDialect{});
  CHECK(read("time: us, block_tokens: 16", problems) ==
        TraceDialect{.time = TimeUnit::Microseconds, .block_tokens = 16});
  CHECK(problems.empty());
  read("block_tokens: 48", problems);
  REQUIRE(problems.size() == 1);
  CHECK_THAT(problems.front(), Catch::Contains("workload.trace_format.block_tokens: expected a divisor of "
                                               "workload.block_tokens, 512, found 48"));
  read("time: minutes", problems);
  REQUIRE(problems.size() == 1);
  CHECK_THAT(problems.front(), Catch::Contains("workload.trace_format.time"));
}
