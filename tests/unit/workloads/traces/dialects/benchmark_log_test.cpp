// Logs in the form of vLLM's and SGLang's benchmarks, invented here.
#include "sim/diagnostics/errors.h"
#include "tests/support/all_requests.h"
#include "tests/unit/sim/temporary_folder.h"
#include "workloads/traces/dialects/benchmark_log.h"
#include "workloads/traces/dialects/line_source.h"
#include "workloads/traces/dialects/ordered_requests.h"

#include <catch2/catch.hpp>

#include <memory>
#include <string>

using namespace cm;
using namespace cm::workloads;

namespace {

const std::string Vllm = R"({"date": "20260101-000000", "backend": "vllm", "num_prompts": 4, "request_rate": Infinity,
  "burstiness": 1.0, "max_concurrency": null, "duration": 2.0, "completed": 3, "total_input_tokens": 600,
  "mean_ttft_ms": NaN, "input_lens": [100, 200, 300, 50], "output_lens": [3, 2, 0, 7],
  "ttfts": [0.1, 0.2, 0.0, 0.3], "itls": [[0.02, 0.02], [NaN], [], [-Infinity]], "start_times": [10.0, 10.5, 11.0, 9.75],
  "generated_texts": ["Infinity", "a \" NaN", "", ""], "errors": ["", "", "timeout", ""]}
)";

std::string sglang(const std::string& rate, const std::string& concurrency, const std::string& lists)
{
  return R"({"backend": "sglang", "request_rate": )" + rate + R"(, "max_concurrency": )" + concurrency +
         R"(, "sharegpt_output_len": null, "duration": 8.0, "completed": 4, "total_input_tokens": 20)" + lists + "}\n";
}

const std::string Lists = R"(, "input_lens": [5, 6, 7, 8], "output_lens": [1, 2, 3, 4])";

struct Read {
  std::vector<Request> requests;
  SourceCounts counts;
  std::string note;
};

Read read(const std::string& text, const TraceDialect& dialect = {}, std::uint64_t seed = 1)
{
  const tests::TemporaryFolder folder;
  const auto source = open_request_file(
      {.path = folder.with("log.json", text), .spread = Seconds(3), .dialect = dialect, .seed = seed});
  Read all{.requests = tests::all_requests(*source), .counts = source->counts(), .note = source->note()};
  return all;
}

}  // namespace

TEST_CASE("the requests of vLLM's log start when they did, without those that failed")
{
  const Read all = read(Vllm);
  CHECK(all.note == "read as vllm-bench");
  CHECK(all.requests ==
        std::vector<Request>{{Seconds(0), 50, 7, {}}, {Seconds(0.25), 100, 3, {}}, {Seconds(0.75), 200, 2, {}}});
  CHECK(all.counts.failed == 1);
}

TEST_CASE("a log without start times gets them from its rate, its duration, or not at all, and says so")
{
  const Read drawn = read(sglang("4.0", "null", Lists));
  CHECK(drawn.note == "read as sglang-bench; the log has no start times: gaps are drawn at its 4 requests/s");
  REQUIRE(drawn.requests.size() == 4);
  CHECK(drawn.requests[0].arrival == Seconds(0));
  CHECK(drawn.requests[3].arrival > drawn.requests[2].arrival);
  CHECK(read(sglang("4.0", "null", Lists)).requests == drawn.requests);
  CHECK(read(sglang("4.0", "null", Lists), {}, 2).requests != drawn.requests);
  const Read even = read(sglang("Infinity", "2", Lists));
  CHECK_THAT(even.note, Catch::Contains("evenly over its duration"));
  CHECK(even.requests[3].arrival == Seconds(6));
  const Read at_once = read(sglang("Infinity", "null", Lists));
  CHECK_THAT(at_once.note, Catch::Contains("all requests arrive at once"));
  CHECK(at_once.requests[3].arrival == Seconds(0));
  CHECK(at_once.counts.spread == 0);
}

TEST_CASE("lists of requests are enough for a log, and its backend tells whose it is")
{
  const std::string lists = R"("ttfts": [0.1, 0.1], "start_times": [5.0, 7.0], "input_lens": [30, 40])";
  const std::string answers = R"(, "output_lens": [3, 4]})";
  const Read all = read("{" + lists + answers);
  CHECK(all.note == "read as vllm-bench");
  CHECK(all.requests == std::vector<Request>{{Seconds(0), 30, 3, {}}, {Seconds(2), 40, 4, {}}});
  CHECK(read(R"({"backend": "sglang-oai", )" + lists + answers).note == "read as sglang-bench");
  // vLLM's benchmark can ask SGLang.
  CHECK(read(R"({"backend": "sglang", "tokenizer_id": "t", )" + lists + answers).note == "read as vllm-bench");
  CHECK_THROWS_WITH(read("{" + lists + "}"),
                    Catch::Contains("log.json:1:1: expected the list output_lens of a log with details"));
  CHECK_THROWS_WITH(read(R"({"ttfts": [0.1]})"), Catch::Contains("expected the lists input_lens and output_lens"));
}

TEST_CASE("a log that ends too early is told as that")
{
  const auto told = Catch::Contains("it ends too early; it looks like vllm-bench: a result of vLLM's benchmark");
  CHECK_THROWS_WITH(read(Vllm.substr(0, Vllm.find("\"ttfts\""))), told);
  CHECK_THROWS_WITH(
      read(R"({"date": "20260101-000000", "backend": "vllm", "tokenizer_id": "t", "num_prompts": 4, "request_ra)"),
      told && !Catch::Contains("mooncake"));
  CHECK_THROWS_WITH(read("{\"a\" 1" + Vllm.substr(1)), !Catch::Contains("too early"));
}

TEST_CASE("the last run of a log is read, or the one that is named")
{
  const std::string two =
      sglang("4.0", "null", R"(, "input_lens": [9], "output_lens": [1])") + sglang("8.0", "null", Lists);
  CHECK(read(two).requests.size() == 4);
  CHECK_THAT(read(two).note, Catch::Contains("; run 2 of 2; the log has no start times: gaps are drawn at its 8"));
  CHECK(read(two, {.run = 1}).requests.size() == 1);
  CHECK_THROWS_WITH(read(two, {.run = 3}), Catch::Contains("log.json:1:1: expected a run from 1 to 2"));
}

TEST_CASE("what is wrong with a log is told with its place")
{
  CHECK_THROWS_WITH(read(sglang("4.0", "null", "")),
                    Catch::Contains("log.json:1:1: expected the lists input_lens and output_lens of a log with details "
                                    "(vLLM: --save-detailed, SGLang: --output-details), found no such key"));
  CHECK_THROWS_WITH(read(sglang("4.0", "null", R"(, "input_lens": [9, 9], "output_lens": [1])")),
                    Catch::Contains("output_lens: expected 2 entries"));
  CHECK_THROWS_WITH(read(sglang("4.0", "null", R"(, "input_lens": [9, "x"], "output_lens": [1, 1])")),
                    Catch::Contains("log.json:1:175: input_lens: expected a number of tokens from 1 to 100000000, "
                                    "found \"x\""));
  CHECK_THROWS_WITH(read(Vllm + "{"), Catch::Contains("log.json:6:1: expected the end"));
  CHECK_THROWS_WITH(read(sglang("4.0", "null", Lists) + sglang("4.0", "null", ",") + "\n"),
                    Catch::Contains("log.json:2:"));
  CHECK_THROWS_WITH(read(Vllm, {.time = TimeUnit::Seconds}),
                    Catch::Contains("workload.trace_format.time says something about"));
}
