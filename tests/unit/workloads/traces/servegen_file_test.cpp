#include "sim/diagnostics/errors.h"
#include "tests/support/all_requests.h"
#include "tests/support/packed_file.h"
#include "tests/support/tar_entry.h"
#include "tests/unit/sim/temporary_folder.h"
#include "workloads/traces/arrival_gaps.h"
#include "workloads/traces/dialects/request_file.h"
#include "workloads/traces/servegen_archive.h"
#include "workloads/traces/servegen_file.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <array>
#include <cmath>

using namespace cm;
using namespace cm::workloads;

namespace {

std::string archive(const std::string& trace, const std::string& dataset)
{
  return tests::tar_entry("r1/chunk-3-trace.csv", trace) + tests::tar_entry("r1/chunk-3-dataset.json", dataset) +
         tests::tar_end();
}

const std::string Dataset = R"({"0": {"input_tokens": "{100: 0.25, 200: 0.75}", "output_tokens": "{7: 1.0}"},
"1200": {"input_tokens": "{300: 2.0}", "output_tokens": "{8: 0.5, 9: 0.5}"},
"1800": {"input_tokens": "{}", "output_tokens": "{}"}})";
const std::string Trace = "0,0,0,,0,0\n600,2,0.5,Gamma,4,99\n1200,1,2,Weibull,0.5,99\n1800,0,0,,0,0\n";

}  // namespace

TEST_CASE("a ServeGen client sends at the rates and with the lengths of its windows")
{
  const tests::TemporaryFolder folder;
  const std::string path = tests::packed(folder.file("a.tar.gz"), archive(Trace, Dataset));
  std::array<double, 2> counts{};
  double short_prompts = 0;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const auto source = open_request_file({.path = path, .seed = seed});
    double latest = 0;
    for (const Request& request : tests::all_requests(*source)) {
      const double at = request.arrival.count();
      REQUIRE(at >= latest);
      REQUIRE(at >= 600);
      REQUIRE(at < 1800);
      latest = at;
      const bool is_second = at >= 1200;
      ++counts[is_second ? 1 : 0];
      CHECK((is_second ? request.input_tokens == 300 : request.input_tokens == 100 || request.input_tokens == 200));
      CHECK((is_second ? request.output_tokens >= 8 : request.output_tokens == 7));
      short_prompts += request.input_tokens == 100 ? 1 : 0;
    }
  }
  CHECK(counts[0] / 50 == Approx(1200).epsilon(0.02));
  CHECK(counts[1] / 50 == Approx(600).epsilon(0.05));
  CHECK(short_prompts / counts[0] == Approx(0.25).epsilon(0.05));
}

TEST_CASE("equal seeds draw equal ServeGen requests, other seeds others")
{
  const tests::TemporaryFolder folder;
  const std::string path = folder.with("a.tar", archive(Trace, Dataset));
  const auto with = [&](std::uint64_t seed) {
    return tests::all_requests(*open_request_file({.path = path, .seed = seed}));
  };
  CHECK(with(1) == with(1));
  CHECK_FALSE(with(1) == with(2));
}

TEST_CASE("a damaged ServeGen archive is told with the file inside, and its lines can be skipped")
{
  const tests::TemporaryFolder folder;
  const std::string bad = folder.with("a.tar", archive("0,1,1,Gamma,1,1\n600,x,1,Gamma,1,1\n", Dataset));
  CHECK_THROWS_WITH(open_request_file({.path = bad}), Catch::Contains("a.tar/r1/chunk-3-trace.csv:2:1: expected"));
  CHECK(open_request_file({.path = bad, .skip_damaged_lines = true})->counts().skipped == 1);
  for (const std::string line : {"0,1,1,Gamma,0,1", "0,-1,1,,0,1", "0,1,1,Gauss,1,1", "0,1,1,Gamma,1", "0,1,1,,1,1,1"})
    CHECK_THROWS_AS(open_request_file({.path = folder.with("b.tar", archive(line + "\n", Dataset))}), ConfigError);
  for (const std::string dataset : {"[]", "{\"0\": {\"input_tokens\": \"{1: 1}\"}}",
                                    "{\"0\": {\"input_tokens\": \"{0: 1}\", \"output_tokens\": \"{1: 1}\"}}",
                                    "{\"0\": {\"input_tokens\": \"{1 1}\", \"output_tokens\": \"{1: 1}\"}}", "{}"})
    CHECK_THROWS_AS(open_request_file({.path = folder.with("c.tar", archive(Trace, dataset))}), ConfigError);
}

TEST_CASE("an archive that was cut off, or holds something else, is refused")
{
  const tests::TemporaryFolder folder;
  const std::string whole = archive(Trace, Dataset);
  CHECK_THROWS_WITH(open_request_file({.path = folder.with("a.tar", whole.substr(0, 700))}),
                    Catch::Contains("cut off"));
  CHECK_THROWS_WITH(
      open_request_file({.path = folder.with("b.tar", tests::tar_entry("readme", "x") + std::string(1024, '\0'))}),
      Catch::Contains("expected files chunk-N-trace.csv"));
}

TEST_CASE("a ServeGen description is refused with its place inside the archive")
{
  const tests::TemporaryFolder folder;
  const auto refusal = [&](const std::string& dataset, const std::string& words) {
    CHECK_THROWS_WITH(open_request_file({.path = folder.with("a.tar", archive(Trace, dataset))}),
                      Catch::Contains("a.tar/r1/chunk-3-dataset.json:" + words));
  };
  const std::string good = R"({"input_tokens": "{100: 1}", "output_tokens": "{7: 1}"})";
  refusal("{\"0\": " + good + ",\n\"600\": 3}", "2:8: expected the start of a window");
  refusal("{\"0\": " + good + ",\n\"0\": " + good + "}", "2:1: expected each key once");
  refusal(R"({"0": {"input_tokens": "{100: 0}", "output_tokens": "{7: 1}"}})", "1:24: 0.input_tokens: expected a text");
  refusal(std::string(100'000, '['), "1:65: expected at most 64 levels of nesting");
  refusal("{\"0\": 1e999}", "1:7: expected a number of at most 1.8e308");
}

TEST_CASE("a file in an archive that says it is larger than all memory is refused")
{
  const tests::TemporaryFolder folder;
  std::string whole = archive(Trace, Dataset);
  whole.replace(124, 11, "77777777777");
  CHECK_THROWS_WITH(
      open_request_file({.path = folder.with("a.tar", whole)}),
      Catch::Contains("a.tar:1:1: byte 0: expected files of at most 256 MiB and 1 GiB in all, found more"));
}

TEST_CASE("a ServeGen request follows the one before by a gap of its window, with lengths of one draw each")
{
  const tests::TemporaryFolder folder;
  const std::string path = folder.with("a.tar", archive(Trace, Dataset));
  const std::vector<Request> requests = tests::all_requests(*open_servegen(path, 5, false));
  sim::RandomStream gaps(5, "ServeGen arrivals", 3);
  sim::RandomStream lengths(5, "ServeGen lengths", 3);
  double now = 600;
  for (std::size_t i = 0; i < 100; ++i) {
    now += gamma_gap(4, gaps) / 2;
    CHECK(requests.at(i).arrival == Seconds(now));
    CHECK(requests.at(i).input_tokens == (lengths.uniform() < 0.25 ? 100 : 200));
    CHECK(requests.at(i).output_tokens == 7);
    lengths.uniform();
  }
}
