#include "sim/diagnostics/errors.h"
#include "tests/unit/sim/temporary_folder.h"
#include "workloads/traces/dialects/dialect_guess.h"
#include "workloads/traces/dialects/left_out_lines.h"

#include <catch2/catch.hpp>

#include <string>

using namespace cm;
using namespace cm::workloads;

namespace {

// A trace of three good lines, of which some damaged ones are left out.
struct LeftOut {
  explicit LeftOut(bool skips)
  {
    for (const int time : {0, 1000, 2000})
      content += R"({"timestamp": )" + std::to_string(time) +
                 R"(, "input_length": 9, "output_length": 2, "hash_ids": [1]})"
                 "\n";
    spec.path = folder.with("t.jsonl", content);
    spec.skip_damaged_lines = skips;
    reading = reading_of(spec, read_beginning(spec.path));
  }

  tests::TemporaryFolder folder;
  std::string content;
  RequestFileSpec spec;
  TraceReading reading;
  LeftOutLines lines{spec, reading};
};

}  // namespace

TEST_CASE("numbers of lines are counted once, with the first number behind them")
{
  LineNumbers numbers;
  for (const std::uint64_t number : {2U, 3U, 4U, 8U, 9U})
    numbers.add(number);
  CHECK(numbers.take_before(2) == 0);
  CHECK(numbers.take_before(5) == 3);
  CHECK(numbers.take_before(8) == 0);
  CHECK(numbers.take_before(100) == 2);
  CHECK(numbers.take_before(100) == 0);
}

TEST_CASE("damaged and failed lines are counted apart, when the requests behind them are handed out")
{
  LeftOut left_out(true);
  left_out.lines.refuse({2, 5, "expected a number"}, 1);
  left_out.lines.add_failed(3);
  left_out.lines.refuse({6, 1, "expected a number"}, 5);
  SourceCounts counts;
  left_out.lines.count_before(1, counts);
  CHECK(counts.skipped == 0);
  left_out.lines.count_before(4, counts);
  CHECK(counts.skipped == 1);
  CHECK(counts.failed == 1);
  left_out.lines.count_before(9, counts);
  CHECK(counts.skipped == 2);
  CHECK(counts.failed == 1);
}

TEST_CASE("a damaged line is refused with its place unless such lines are left out")
{
  LeftOut left_out(false);
  CHECK_THROWS_WITH(left_out.lines.refuse({2, 5, "expected a number"}, 1),
                    Catch::Contains("t.jsonl:2:5: expected a number (") && Catch::Contains("skip_damaged_lines"));
}

TEST_CASE("a file of which less than half is left is refused by its first damage")
{
  LeftOut left_out(true);
  left_out.lines.refuse({2, 5, "expected a number"}, 1);
  left_out.lines.refuse({3, 7, "expected a word"}, 2);
  CHECK_NOTHROW(left_out.lines.refuse_most(3, 3));
  CHECK_THROWS_WITH(left_out.lines.refuse_most(4, 3),
                    Catch::Contains("t.jsonl:2:5: expected a number (and in all 4 of 7 lines cannot be"));
}
