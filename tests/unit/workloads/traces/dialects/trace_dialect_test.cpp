#include "sim/config/reader.h"
#include "sim/diagnostics/errors.h"
#include "tests/support/all_requests.h"
#include "tests/unit/sim/temporary_folder.h"
#include "workloads/traces/dialects/dialect_guess.h"
#include "workloads/traces/dialects/request_file.h"
#include "workloads/traces/dialects/trace_dialect.h"
#include "workloads/traces/load_scaling.h"

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

// 50 requests in Mooncake's form, with blocks of 16 tokens.
std::string lines(double first, double step)
{
  std::string text;
  for (int i = 0; i < 50; ++i)
    text += fmt::format("{{\"timestamp\": {}, \"input_length\": {}, \"output_length\": 30, \"hash_ids\": [{}]}}\n",
                        first + step * i, 40 + i, ids_text(40 + i, 16, 10 * i));
  return text;
}

std::string note_of(const RequestFileSpec& spec)
{
  return open_request_file(spec)->note();
}

}  // namespace

TEST_CASE("unit and blocks that the first lines look like are taken, and told")
{
  const tests::TemporaryFolder folder;
  const std::string path = folder.with("a.jsonl", lines(0.4, 0.75));
  const auto source = open_request_file({.path = path});
  CHECK(source->note() == "read as mooncake, times in s, blocks of 16 tokens");
  const auto requests = tests::all_requests(*source);
  REQUIRE(requests.size() == 50);
  CHECK(requests[0].arrival == Seconds(0));
  CHECK(requests[1].arrival == Seconds(0.75));
  // One cached block of 512 tokens, not full.
  CHECK(requests[49].blocks.size() == 1);
}

TEST_CASE("settings that do not fit a file are told once, with those that read it")
{
  const tests::TemporaryFolder folder;
  const std::string path = folder.with("a.jsonl", lines(0.4, 0.75));
  const RequestFileSpec wrong{.path = path, .dialect = {.time = TimeUnit::Milliseconds, .block_tokens = 512}};
  const auto told = Catch::Contains("a.jsonl:1:73: hash_ids: expected 1 ids for 40 tokens in blocks of 512, found 3 "
                                    "(50 of the first 50 lines cannot be read as mooncake, times in ms, blocks of 512 "
                                    "tokens; the lines look like mooncake, times in s, blocks of 16 tokens: "
                                    "workload.trace_format={time: s, block_tokens: 16} reads it so)");
  CHECK_THROWS_WITH(tests::all_requests(*open_request_file(wrong)), told);
  // Leaving out all lines is no way to read it.
  RequestFileSpec lenient = wrong;
  lenient.skip_damaged_lines = true;
  CHECK_THROWS_WITH(tests::all_requests(*open_request_file(lenient)), told);
}

TEST_CASE("lines that nothing reads are told once, without advice to leave them out")
{
  const tests::TemporaryFolder folder;
  std::string text;
  for (int i = 0; i < 30; ++i)
    text += fmt::format("{{\"timestamp\": {}, \"input_length\": \"many\", \"output_length\": 30}}\n", i * 100);
  for (const bool skips : {false, true})
    CHECK_THROWS_WITH(
        tests::all_requests(*open_request_file({.path = folder.with("a.jsonl", text), .skip_damaged_lines = skips})),
        Catch::Contains("a.jsonl:1:") &&
            Catch::Contains("found \"many\" (30 of the first 30 lines cannot be read as "
                            "mooncake") &&
            !Catch::Contains("skip_damaged_lines"));
  // Most of them behind the first lines.
  std::string late;
  for (int i = 0; i < 250; ++i)
    late += fmt::format("{{\"timestamp\": {}, \"input_length\": 5, \"output_length\": 30}}\n", i * 100);
  for (int i = 0; i < 300; ++i)
    late += "{\n";
  CHECK_THROWS_WITH(
      tests::all_requests(*open_request_file({.path = folder.with("b.jsonl", late), .skip_damaged_lines = true})),
      Catch::Contains("b.jsonl:251:2: expected a key in quotes") &&
          Catch::Contains("(and in all 300 of 550 lines cannot be read as mooncake, times in ms, blocks of 512 tokens: "
                          "workload.skip_damaged_lines is for a few)"));
}

TEST_CASE("times are read in the unit that is given, whole or not, and dates count from the first")
{
  const tests::TemporaryFolder folder;
  const auto second = [&](double first, double step, TimeUnit unit) {
    const std::string path = folder.with("a.jsonl", lines(first, step));
    return tests::all_requests(*open_request_file({.path = path, .dialect = {.time = unit}})).at(1).arrival.count();
  };
  CHECK(second(0, 2, TimeUnit::Seconds) == Approx(2));
  CHECK(second(0, 2.5, TimeUnit::Milliseconds) == Approx(2.5e-3));
  CHECK(second(7, 500'000, TimeUnit::Microseconds) == Approx(0.5));
  CHECK(second(0, 1'000'000, TimeUnit::Nanoseconds) == Approx(1e-3));
  CHECK(second(1'700'000'000.25, 0.5, TimeUnit::Seconds) == Approx(0.5));
  CHECK(second(1'700'000'000, 2, TimeUnit::Epoch) == Approx(2));
  CHECK(second(1.7e12, 2, TimeUnit::Epoch) == Approx(2e-3));
}

TEST_CASE("dates in any unit and times too long for milliseconds are found, and a few odd lines change nothing")
{
  const tests::TemporaryFolder folder;
  const auto unit_in = [&](const std::string& text) {
    const std::string note = note_of({.path = folder.with("a.jsonl", text)});
    const std::size_t begin = note.find("times in ") + 9;
    return note.substr(begin, note.find(',', begin) - begin);
  };
  CHECK(unit_in(lines(1'700'000'000, 1)) == "s");
  CHECK(unit_in(lines(1.7e15, 1e6)) == "us");
  CHECK(unit_in(lines(0, 1e12)) == "ns");
  CHECK(unit_in(lines(0, 0.9)) == "s");     // else a thousand requests a second
  CHECK(unit_in(lines(0.5, 250)) == "ms");  // fractions of milliseconds, four requests a second
  CHECK(unit_in(lines(0, 750)) == "ms");
  CHECK(unit_in(lines(1.7e12, 750)) == "ms");
  const std::string late = "{\"timestamp\": 9999999999000, \"input_length\": 9, \"output_length\": 1}\n";
  CHECK(unit_in(lines(0, 750) + late) == "ms");
  CHECK(unit_in(late + lines(0, 750)) == "ms");
  CHECK(unit_in("{\"timestamp\": 0}\n" + lines(1.7e15, 1e6)) == "us");
}

TEST_CASE("times that lie too far apart for their unit are read in it, with a warning that names a finer one")
{
  const tests::TemporaryFolder folder;
  const auto warning_of = [&](double first, double step, const TraceDialect& dialect = {}) {
    const auto source = open_request_file({.path = folder.with("a.jsonl", lines(first, step)), .dialect = dialect});
    CHECK(source->warning().empty());  // nothing was read
    const auto requests = tests::all_requests(*source);
    CHECK(source->note().find("times in ms") != std::string::npos);
    CHECK(requests.at(1).arrival.count() == Approx(step / 1000));
    return source->warning();
  };
  // 49 gaps of 340 s for 50 requests.
  CHECK(warning_of(0, 340'000) ==
        "the trace has one request every 333 s on average with its times read in ms; in us it would be one every 0.333 "
        "s: is that the unit? workload.trace_format={time: us} reads it so");
  CHECK_THAT(warning_of(0, 100'000'000), Catch::Contains("workload.trace_format={time: ns}"));
  CHECK(warning_of(0, 340'000, {.time = TimeUnit::Milliseconds}).empty());  // the user says so
  CHECK(warning_of(0, 50'000).empty());
  CHECK(warning_of(1.7e12, 340'000).empty());  // a date of our years
  // Parts and scaled traces pass it on, in the time of the file.
  const auto part = scaled(open_request_file({.path = folder.with("a.jsonl", lines(0, 340'000))}),
                           {.time_scale = 0.001, .copies = 2});
  CHECK(tests::all_requests(*part).size() == 100);
  CHECK_THAT(part->warning(), Catch::Contains("every 333 s"));
}

TEST_CASE("one damaged line makes a file no dialect")
{
  const tests::TemporaryFolder folder;
  const std::string odd = "{\"timestamp\": 0.5, \"input_length\": 9, \"output_length\": 1, \"hash_ids\": [1, 2]}\n";
  const std::string path = folder.with("a.jsonl", odd + lines(1, 750));
  CHECK_THROWS_WITH(tests::all_requests(*open_request_file({.path = path})),
                    Catch::Contains("(workload.skip_damaged_lines: true leaves such lines out)"));
  const auto lenient = open_request_file({.path = path, .skip_damaged_lines = true});
  CHECK(tests::all_requests(*lenient).size() == 50);
  CHECK(lenient->counts().skipped == 1);
}

TEST_CASE("cached blocks of many ids are equal when all ids up to their end are, and an id of many cached blocks is "
          "divided")
{
  const tests::TemporaryFolder folder;
  const auto line = [](int milliseconds, const std::string& ids) {
    return fmt::format("{{\"timestamp\": {}, \"input_length\": 100, \"output_length\": 1, \"hash_ids\": [{}]}}\n",
                       milliseconds, ids);
  };
  const auto read = [&](const std::string& text, std::int64_t cached, std::int64_t block_tokens) {
    return tests::all_requests(*open_request_file(
        {.path = folder.with("a.jsonl", text), .block_tokens = cached, .dialect = {.block_tokens = block_tokens}}));
  };
  const auto equal_blocks = [](const std::vector<Request>& requests, std::size_t other) {
    std::size_t equal = 0;
    while (equal < requests[0].blocks.size() && requests[0].blocks.at(equal) == requests[other].blocks.at(equal))
      ++equal;
    return equal;
  };
  const auto small = read(line(0, "1, 2, 3, 4, 5, 6, 7") + line(1, "1, 2, 3, 4, 5, 6, 8") +
                              line(2, "9, 2, 3, 4, 5, 6, 7") + line(3, "1, 2, 3, 4, 9, 6, 7"),
                          32, 16);
  REQUIRE(small.size() == 4);
  CHECK(small[0].blocks.size() == 4);
  CHECK(equal_blocks(small, 1) == 3);
  CHECK(equal_blocks(small, 2) == 0);
  CHECK(equal_blocks(small, 3) == 2);
  const auto large = read(line(0, "1, 2") + line(1, "1, 3"), 16, 64);
  CHECK(large[0].blocks.size() == 7);
  CHECK(equal_blocks(large, 1) == 4);
  std::string many;
  for (int i = 0; i < 10; ++i)
    many += line(i, "1, 2");
  CHECK_THROWS_WITH(read(many, 16, 32), Catch::Contains("workload.trace_format={block_tokens: 64} reads it so"));
}

TEST_CASE("a setting that says nothing about such a file is refused")
{
  const tests::TemporaryFolder folder;
  const std::string path = folder.with("a.jsonl", lines(0, 750));
  CHECK_THROWS_WITH(
      open_request_file({.path = path, .dialect = {.run = 1}}),
      Catch::Contains("a.jsonl:1:1: expected a file that workload.trace_format.run says something about"));
  CHECK_THROWS_WITH(open_request_file({.path = path, .dialect = {.name = "azure"}}),
                    Catch::Contains("a.jsonl:1:1: expected CSV of Azure's") &&
                        Catch::Contains("it looks like mooncake"));
  RequestFileSpec spec{.path = path};
  spec.dialect.columns[static_cast<std::size_t>(TraceField::Input)] = "input_lenght";
  CHECK_THROWS_WITH(open_request_file(spec), Catch::Contains("did you mean \"input_length\"?"));
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
  const TraceDialect whole =
      read("dialect: csv, time: epoch, columns: {time: When, output_tokens: Response tokens}, sorted: false", problems);
  CHECK(problems.empty());
  CHECK(whole.name == "csv");
  CHECK(whole.time == TimeUnit::Epoch);
  CHECK(column(whole.columns, TraceField::Output) == "Response tokens");
  CHECK(whole.is_sorted == false);
  read("block_tokens: 48", problems);
  REQUIRE(problems.size() == 1);
  CHECK_THAT(problems.front(), Catch::Contains("workload.trace_format.block_tokens: expected a divisor or a multiple "
                                               "of workload.block_tokens, 512, found 48"));
  read("time: minutes", problems);
  REQUIRE(problems.size() == 1);
  CHECK_THAT(problems.front(), Catch::Contains("workload.trace_format.time"));
  read("dialect: qwen-bailan", problems);
  REQUIRE(problems.size() == 1);
  CHECK_THAT(problems.front(), Catch::Contains("did you mean \"qwen-bailian\"?"));
  read("dialect: burst", problems);
  REQUIRE(problems.size() == 1);
  CHECK_THAT(problems.front(), Catch::Contains("did you mean \"burstgpt\"?"));
}
