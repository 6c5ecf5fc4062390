#include "tests/unit/tools/answer/answer_example.h"
#include "tools/answer/answer_text.h"

#include <catch2/catch.hpp>

#include <sstream>

using namespace cm::tools;

namespace {

RunAnswer example()
{
  return {.figures =
              {{"ttft_p50_ms", "time to first token", "p50", 310, "ms", "rests on a guess", "time of a request", {}},
               {"ttft_p99_ms", "time to first token", "p99", 900, "ms", "rests on a guess", "time of a request", {}},
               {"output_tokens_per_s", "output tokens", "", 1200, "1/s", "rests on a guess", "tokens per second", {}},
               {"hottest", "load over the mean", "", 1.5, "ratio", "", "", {}}},
          .verdicts = {{Tone::Doubt, "SLO missed", "82 % hold it"}, {Tone::Good, "steady", "400 requests count"}},
          .limit = "Nothing is at its limit."};
}

}  // namespace

TEST_CASE("the answer is headline, verdicts and limit")
{
  CHECK(answer_text(example(), {}) == R"(
time to first token  p50 310 ms  p99 900 ms
output tokens        1200/s
load over the mean   1.500
reservation: rests on a guess (time to first token, output tokens)

SLO missed  82 % hold it
steady      400 requests count
limit       Nothing is at its limit.
)");
}

TEST_CASE("a wide terminal has room for the meaning of figures")
{
  const std::string text = answer_text(example(), {.is_coloured = false, .width = 160});
  CHECK_THAT(text, Catch::Contains("time to first token  p50 310 ms  p99 900 ms  time of a request\n"));
  CHECK_THAT(text, Catch::Contains("output tokens        1200/s                  tokens per second\n"));
}

TEST_CASE("a verdict has the colour of its tone, and colours are there only on request")
{
  RunAnswer answer = example();
  answer.verdicts.insert(answer.verdicts.begin(), {Tone::Bad, "OVERLOADED", "9 arrive"});
  const std::string text = answer_text(answer, {.is_coloured = true, .width = 80});
  CHECK_THAT(text, Catch::Contains("\x1b[1;31mOVERLOADED\x1b[0m") && Catch::Contains("\x1b[1;33mSLO missed\x1b[0m") &&
                       Catch::Contains("\x1b[32msteady\x1b[0m"));
  CHECK_THAT(answer_text(answer, {}), !Catch::Contains("\x1b"));
}

TEST_CASE("the interval of a figure stands behind it")
{
  RunAnswer answer = example();
  answer.figures[2].interval = Interval{.low = 1100, .high = 1250};
  CHECK_THAT(answer_text(answer, {}), Catch::Contains("output tokens        1200/s (1100 to 1250)\n"));
}

TEST_CASE("an answer of nothing is no text")
{
  CHECK(answer_text({}, {}).empty());
}

TEST_CASE("the answer is not wider than it may be")
{
  RunAnswer answer = example();
  answer.limit = std::string(30, 'a') + " " + std::string(30, 'b') + " " + std::string(30, 'c');
  answer.figures[0].meaning = std::string(300, 'm');
  for (const std::size_t width : {60U, 80U, 100U, 160U}) {
    std::istringstream lines(answer_text(answer, {.is_coloured = true, .width = width}));
    for (std::string line; std::getline(lines, line);)
      CHECK(columns_of(line) <= width);
  }
}

TEST_CASE("text that is cut keeps whole characters")
{
  CHECK(cut_to("short", 10) == "short");
  CHECK(cut_to("0123456789", 8) == "01234...");
  CHECK(cut_to("ééééé", 4) == "é...");
}
