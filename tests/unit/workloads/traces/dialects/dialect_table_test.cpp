// A small file of each dialect, invented here.
#include "sim/diagnostics/errors.h"
#include "tests/support/all_requests.h"
#include "tests/unit/sim/temporary_folder.h"
#include "workloads/traces/dialects/dialect_table.h"
#include "workloads/traces/load_scaling.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <memory>
#include <string>
#include <vector>

using namespace cm;
using namespace cm::workloads;

namespace {

struct Read {
  std::vector<Request> requests;
  SourceCounts counts;
  std::string note;
};

Read read(std::unique_ptr<RequestSource> source)
{
  Read all{.requests = tests::all_requests(*source), .counts = source->counts(), .note = source->note()};
  return all;
}

Read read(const std::string& text, const TraceDialect& dialect = {}, std::int64_t block_tokens = 512)
{
  const tests::TemporaryFolder folder;
  return read(open_request_file({.path = folder.with("t", text), .block_tokens = block_tokens, .dialect = dialect}));
}

}  // namespace

TEST_CASE("BurstGPT's requests are read, and those without an answer are counted as failed")
{
  const Read read_all = read("Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n"
                             "5,ChatGPT,310,120,430,Conversation log\n"
                             "9,GPT-4,820,0,820,API log\n"
                             "9.5,\"GPT-4, new\",20,7,27,API log\n");
  CHECK(read_all.note == "read as burstgpt, times in s");
  CHECK(read_all.requests == std::vector<Request>{{Seconds(0), 310, 120, {}}, {Seconds(4.5), 20, 7, {}}});
  CHECK(read_all.counts.failed == 1);
  // The third file of the collection has two more columns.
  const Read third =
      read("Timestamp,Session ID,Elapsed time,Model,Request tokens,Response tokens,Total tokens,Log Type\n"
           "5,s,0.5,ChatGPT,310,120,430,Conversation log\n");
  CHECK(third.requests == std::vector<Request>{{Seconds(0), 310, 120, {}}});
}

TEST_CASE("failed requests are those of the part of a trace that is run")
{
  const tests::TemporaryFolder folder;
  std::string text = "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n";
  for (int i = 0; i < 20; ++i)
    text += fmt::format("{},ChatGPT,10,{},10,API log\n", i, i % 2 == 0 ? 5 : 0);
  const Read part = read(
      part_of(open_request_file({.path = folder.with("a.csv", text)}), {.start = Seconds(5), .length = Seconds(6)}));
  CHECK(part.requests.size() == 3);  // of 6, 8 and 10 s
  CHECK(part.requests[0].arrival == Seconds(0));
  CHECK(part.counts.failed == 2);
}

TEST_CASE("Qwen-Bailian's requests are in seconds and in blocks of 16 tokens")
{
  const Read all = read(
      R"({"chat_id": 1, "parent_chat_id": -1, "timestamp": 0.4, "input_length": 40, "output_length": 90, "type": "text", "turn": 1, "hash_ids": [0, 1, 2]}
{"chat_id": 2, "parent_chat_id": 1, "timestamp": 31.2, "input_length": 150, "output_length": 60, "type": "text", "turn": 2, "hash_ids": [0, 1, 3, 4, 5, 6, 7, 8, 9, 10]}
)",
      {}, 32);
  CHECK(all.note == "read as qwen-bailian, times in s, blocks of 16 tokens");
  REQUIRE(all.requests.size() == 2);
  CHECK(all.requests[1].arrival == Seconds(30.8));
  CHECK(all.requests[1].blocks.size() == 5);
  CHECK(all.requests[0].blocks.front() == all.requests[1].blocks.front());
}

TEST_CASE("Mooncake's ids may be texts or have 64 bits, and times fractions")
{
  const std::string line = R"({{"timestamp": {}, "input_length": 600, "output_length": 5, "hash_ids": [{}]}})"
                           "\n";
  std::string text;
  for (int i = 0; i < 10; ++i)
    text += fmt::format(fmt::runtime(line), 250.5 * i, i % 2 == 0 ? "\"ab\", \"c\"" : "18446744073709551615, -1");
  const Read all = read(text);
  CHECK(all.note == "read as mooncake, times in ms, blocks of 512 tokens");
  REQUIRE(all.requests.size() == 10);
  CHECK(all.requests[1].arrival == Seconds(0.2505));
  CHECK(all.requests[0].blocks == all.requests[2].blocks);
  CHECK(all.requests[0].blocks[0] != all.requests[0].blocks[1]);
  CHECK(all.requests[1].blocks == std::vector<std::uint64_t>{18446744073709551615ULL, 18446744073709551615ULL});
}

TEST_CASE("turns of a session follow the first one, each with its delay")
{
  const std::string text =
      R"({"session_id": "s1", "timestamp": 100, "input_length": 900, "output_length": 60, "hash_ids": [10, 11]}
{"session_id": "s2", "timestamp": 50, "input_length": 9, "output_length": 6, "hash_ids": [1]}
{"session_id": "s1", "delay": 1500, "input_length": 1300, "output_length": 30, "hash_ids": [10, 11, 12]}
{"session_id": "s1", "delay": 0.5, "input_length": 1400, "output_length": 3, "hash_ids": [10, 11, 13]}
)";
  const Read all = read(text);
  CHECK(all.note == "read as mooncake-sessions, times in ms, blocks of 512 tokens");
  REQUIRE(all.requests.size() == 2);
  CHECK(all.requests[0] == Request{Seconds(0), 9, 6, {1}});
  CHECK(to_picoseconds(all.requests[1].arrival) == to_picoseconds(Seconds(0.05)));
  CHECK(all.requests[1].later ==
        std::vector<LaterTurn>{{Seconds(1.5), 1300, 30, {10, 11, 12}}, {Seconds(0.0005), 1400, 3, {10, 11, 13}}});
  // Twice as fast, and twice: delays too, and blocks of their own.
  const tests::TemporaryFolder folder;
  const Read more = read(scaled(open_request_file({.path = folder.with("a", text)}), {.time_scale = 0.5, .copies = 2}));
  REQUIRE(more.requests.size() == 4);
  CHECK(more.requests[2].later[0].delay == Seconds(0.75));
  CHECK(more.requests[2].later[0].blocks[0] == more.requests[2].blocks[0]);
  CHECK(more.requests[3].later[0].blocks[0] != more.requests[2].blocks[0]);
  // The clock's end is that of the last turn too.
  CHECK_THROWS_WITH(
      tests::all_requests(*within_clock(
          scaled(open_request_file({.path = folder.with("a", text)}), {.time_scale = 1e7}), "workload.time_scale")),
      Catch::Contains("workload.time_scale: expected requests within 100 days"));
  CHECK_THROWS_WITH(read(text + R"({"session_id": "s3", "delay": 5, "input_length": 9, "output_length": 6})"),
                    Catch::Contains("t:5:1: expected a time: \"s3\" has no earlier turn"));
}

TEST_CASE("any table and any JSON lines are read when their columns are known by usual names, or named")
{
  const Read usual = read("arrived_at,num_prefill_tokens,num_decode_tokens\n0.5,100,10\n1.75,200.0,20\n");
  CHECK(usual.note == "read as csv, times in s, time from \"arrived_at\", input_tokens from \"num_prefill_tokens\", "
                      "output_tokens from \"num_decode_tokens\"");
  CHECK(usual.requests == std::vector<Request>{{Seconds(0), 100, 10, {}}, {Seconds(1.25), 200, 20, {}}});
  const std::string odd = R"({"when": {"at": "2024-05-12T00:00:00.25Z"}, "in": 5, "out": 6, "bad": null}
{"when": {"at": "2024-05-12T02:00:01+02:00"}, "in": 7, "out": 8, "bad": false}
{"when": {"at": "2024-05-12T00:00:02Z"}, "in": 7, "out": 8, "bad": "timeout"}
)";
  CHECK_THROWS_WITH(read(odd), Catch::Contains("t:1:1: expected columns with the times, the tokens of prompts and the "
                                               "tokens of answers, found bad, in, out, when, when.at; "));
  const TraceDialect named{.columns = {"when.at", "in", "out", "", "", "", "bad"}};
  const Read all = read(odd, named);
  CHECK(all.requests == std::vector<Request>{{Seconds(0), 5, 6, {}}, {Seconds(0.75), 7, 8, {}}});
  CHECK(all.counts.failed == 1);
  CHECK_THROWS_WITH(read(odd + R"({"when": {"at": "today"}, "in": 7, "out": 8})", named),
                    Catch::Contains("t:4:17: when.at: expected a time like 2023-11-16 18:15:46.6805900"));
  CHECK_THROWS_WITH(read("arrived_at,num_prefill_tokens,num_decode_tokens\n0.5,100,10\n0.6,1\n0.7,100,10\n"),
                    Catch::Contains("t:3:1: expected 3 cells, found 2"));
}

TEST_CASE("all columns that are missing are told at once, with one setting")
{
  CHECK_THROWS_WITH(read("a,b,c\n1,2,3\n"),
                    Catch::Contains("t:1:1: expected columns with the times, the tokens of prompts and the tokens of "
                                    "answers, found a, b, c; workload.trace_format.columns={time: NAME, input_tokens: "
                                    "NAME, output_tokens: NAME} says which ones have them"));
  CHECK_THROWS_WITH(read("{\"timestamp\": 1, \"input_length\": 5}\n"),
                    Catch::Contains("expected a column with the tokens of answers (output_length), found") &&
                        Catch::Contains("columns={output_tokens: NAME} says which one has it"));
}

TEST_CASE("a table without commas is told by its separator")
{
  CHECK_THROWS_WITH(read("time;input_tokens;output_tokens\n1;2;3\n"),
                    Catch::Contains("t:1:1: expected commas between columns, found a header that seems to be separated "
                                    "by ';': \"time;input_tokens;output_tokens\""));
  CHECK_THROWS_WITH(read("time\tinput_tokens\toutput_tokens\n1\t2\t3\n"), Catch::Contains("separated by tabs"));
  CHECK_THROWS_WITH(read("time;tokens\n1;2\n"), Catch::Contains("expected a JSON object a line"));
}

TEST_CASE("a file in UTF-16 is told as that, with a byte-order mark and without")
{
  const auto wide = [](const std::string& text, bool is_low_first) {
    std::string bytes;
    for (const char letter : text)
      bytes += is_low_first ? std::string{letter, '\0'} : std::string{'\0', letter};
    return bytes;
  };
  const std::string table = "time,input_tokens,output_tokens\n1,2,3\n";
  const auto told = [](const std::string& encoding) {
    return Catch::Contains("t:1:1: expected UTF-8 text, found what looks like UTF-16; convert it to UTF-8 (iconv -f " +
                           encoding + " -t UTF-8)");
  };
  CHECK_THROWS_WITH(read("\xff\xfe" + wide(table, true)), told("UTF-16LE"));
  CHECK_THROWS_WITH(read("\xfe\xff" + wide(table, false)), told("UTF-16BE"));
  CHECK_THROWS_WITH(read(wide(table, true)), told("UTF-16LE"));
  CHECK_THROWS_WITH(read(wide("{\"timestamp\": 1}\n", false)), told("UTF-16BE"));
}

TEST_CASE("unsorted lines are told by the key that sorts them")
{
  std::string text = "time,input_tokens,output_tokens\n";
  for (int i = 0; i < 30; ++i)
    text += fmt::format("{},5,6\n", 1000 + (i % 2 == 0 ? i : -i));
  CHECK_THROWS_WITH(read(text), Catch::Contains("are earlier than the line before them: "
                                                "workload.trace_format.sorted=false reads all and sorts them"));
  const Read all = read(text, {.is_sorted = false});
  CHECK(all.requests.size() == 30);
  CHECK(all.requests.back().arrival == Seconds(57));
}

TEST_CASE("a first line with a wrong date is refused itself, not all that follow it")
{
  const std::string head = "TIMESTAMP,ContextTokens,GeneratedTokens\n";
  std::string rows;
  for (int i = 0; i < 20; ++i)
    rows += fmt::format("2023-11-16 18:15:{:02d}.5,374,44\n", 10 + i);
  for (const char* year : {"2013", "2033"}) {
    INFO(year);
    const tests::TemporaryFolder folder;
    const std::string path = folder.with("a.csv", head + year + "-11-16 18:15:05.5,374,44\n" + rows);
    CHECK_THROWS_WITH(tests::all_requests(*open_request_file({.path = path})), Catch::Contains("a.csv:2:1: expected"));
    const Read all = read(open_request_file({.path = path, .skip_damaged_lines = true}));
    CHECK(all.requests.size() == 20);
    CHECK(all.counts.skipped == 1);
    CHECK(all.requests.back().arrival == Seconds(19));
  }
}

TEST_CASE("AIPerf's records are read in order of their start, without failed ones")
{
  const std::string record =
      R"({{"metadata": {{"session_num": {0}, "conversation_id": "c", "turn_index": 0, "request_start_ns": {1}, "benchmark_phase": "profiling"}}, "metrics": {{"input_sequence_length": {{"value": {2}, "unit": "tokens"}}, "output_sequence_length": {{"value": 5, "unit": "tokens"}}}}, "error": null}})"
      "\n";
  std::string text = fmt::format(fmt::runtime(record), 0, 1700000000000000500, 900);
  text += fmt::format(fmt::runtime(record), 1, 1700000000000000000, 800);
  text +=
      R"({"metadata": {"request_start_ns": 1700000000000000100}, "metrics": {"error_isl": {"value": 7, "unit": "tokens"}}, "error": {"code": 500, "type": "x", "message": "y"}})"
      "\n";
  const Read all = read(text);
  CHECK(all.note == "read as aiperf, times in ns");
  REQUIRE(all.requests.size() == 2);
  CHECK(all.requests[0].input_tokens == 800);
  CHECK(all.requests[1].arrival == Seconds(500e-9));  // dates in ns lose nothing
  CHECK(all.counts.failed == 1);
}

TEST_CASE("every dialect has a name, a sentence and a reader, and is found by its name")
{
  for (const DialectRow& row : trace_dialects()) {
    CHECK(find_dialect(row.name) == &row);
    CHECK_FALSE(row.sentence.empty());
    CHECK(row.open != nullptr);
    CHECK(row.looks_like != nullptr);
  }
  CHECK(find_dialect("nonsense") == nullptr);
}

TEST_CASE("cells nan and inf are no times to guess a unit from")
{
  std::string text = "time,input_tokens,output_tokens\n";
  for (int i = 0; i < 30; ++i)
    text += fmt::format("{},5,6\n", i + 0.5) + (i % 3 == 0 ? i % 2 == 0 ? "nan,5,6\n" : "inf,5,6\n" : "");
  const tests::TemporaryFolder folder;
  const Read all = read(open_request_file({.path = folder.with("a.csv", text), .skip_damaged_lines = true}));
  CHECK_THAT(all.note, Catch::StartsWith("read as csv, times in s"));
  CHECK(all.requests.size() == 30);
  CHECK(all.counts.skipped == 10);
}

TEST_CASE("names of the beginning of a file stand once, in the order in which they come")
{
  const tests::TemporaryFolder folder;
  const Beginning beginning = read_beginning(folder.with("a.jsonl", R"({"b": 1, "a": {"c": 2}}
{"a": {"c": 3, "d": 4}, "b": 5, "e": 6}
)"));
  CHECK(beginning.names == std::vector<std::string>{"a", "a.c", "b", "a.d", "e"});
}
