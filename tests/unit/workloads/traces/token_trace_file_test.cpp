#include "tests/support/packed_file.h"
#include "tests/unit/sim/temporary_folder.h"
#include "workloads/traces/generated_token_trace.h"
#include "workloads/traces/token_trace_file.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace cm;
using namespace cm::workloads;

namespace {

const std::string Description =
    R"({"task": "law", "n_tokens": 3, "n_layers": 2, "top_k": 2, "n_experts": 4, "layout": "uint8 [token][layer][k]",)"
    R"( "sequence_lengths": [1, 2], "source": "a test"})";
// Three tokens in two layers.
const std::string Bytes{0, 1, 2, 3, 1, 0, 3, 1, 2, 0, 0, 3};

std::vector<std::string> problems_of(const std::string& path)
{
  auto read = read_token_trace(token_trace_files(path));
  REQUIRE(std::holds_alternative<std::vector<std::string>>(read));
  return std::get<std::vector<std::string>>(read);
}

}  // namespace

TEST_CASE("a trace is read from its description and its packed bytes, whichever is named")
{
  const tests::TemporaryFolder folder;
  folder.put("law.json", Description);
  tests::packed(folder.file("law.u8.gz"), Bytes);
  for (const char* name : {"law.u8.gz", "law.json", "law"}) {
    auto read = read_token_trace(token_trace_files(folder.file(name)));
    REQUIRE(std::holds_alternative<models::TokenTrace>(read));
    const auto& trace = std::get<models::TokenTrace>(read);
    CHECK(trace.tokens == 3);
    CHECK(trace.layers == 2);
    const auto row = trace.row(1, 1);
    CHECK(std::vector<int>(row.begin(), row.end()) == std::vector{3, 1});
    CHECK(count_experts(trace, 0) == std::vector<double>{3, 2, 1, 0});
  }
}

TEST_CASE("unpacked bytes do as well")
{
  const tests::TemporaryFolder folder;
  folder.put("law.json", Description);
  folder.put("law.u8", Bytes);
  CHECK(std::holds_alternative<models::TokenTrace>(read_token_trace(token_trace_files(folder.file("law.u8")))));
}

TEST_CASE("what is wrong with a trace is told with its place")
{
  const tests::TemporaryFolder folder;
  folder.put("law.json", Description);
  std::string bytes = Bytes;
  bytes[2] = 7;
  bytes[11] = 0;
  folder.put("law.u8", bytes);
  const auto problems = problems_of(folder.file("law.u8"));
  REQUIRE(problems.size() == 2);
  CHECK_THAT(problems[0], Catch::EndsWith("law.u8:1:1: byte 2: token 0, layer 1: expected an expert below 4, found 7"));
  CHECK_THAT(problems[1], Catch::EndsWith("byte 11: token 2, layer 1: expected each expert once, found 0 again"));
}

TEST_CASE("bytes that are too few are counted")
{
  const tests::TemporaryFolder folder;
  folder.put("law.json", Description);
  folder.put("law.u8", Bytes.substr(1));
  CHECK_THAT(problems_of(folder.file("law.u8")).at(0),
             Catch::EndsWith("expected 3 tokens * 2 layers * 2 experts = 12 bytes, found 11"));
}

TEST_CASE("a description with mistakes is told all of them")
{
  const tests::TemporaryFolder folder;
  folder.put("law.json", R"({"n_tokens": 3, "n_layers": 2, "top_k": 5, "n_experts": 4, "layout": "uint16",
                              "sequence_lengths": [1, 1], "experts": 4})");
  folder.put("law.u8", Bytes);
  const auto problems = problems_of(folder.file("law.u8"));
  CHECK(problems.size() == 4);
  CHECK_THAT(problems.at(0), Catch::Contains("law.json:1:"));
}

TEST_CASE("a generated trace repeats with its seed and keeps hot experts hot")
{
  const GeneratedTraceSpec spec{.layers = 3, .experts = 64, .top_k = 6, .sigma = 1.0, .tokens = 2000};
  const models::TokenTrace trace = generate_token_trace(spec, 1);
  CHECK(trace.chosen == generate_token_trace(spec, 1).chosen);
  CHECK(trace.chosen != generate_token_trace(spec, 2).chosen);
  for (std::uint32_t layer = 0; layer < 3; ++layer) {
    const auto counts = count_experts(trace, layer);
    CHECK(std::ranges::max(counts) > 2 * 2000 * 6 / 64.0);
  }
}

TEST_CASE("no more bytes are unpacked than the description tells of")
{
  const tests::TemporaryFolder folder;
  folder.put("law.json", Description);
  tests::packed(folder.file("law.u8.gz"), Bytes + std::string(std::size_t{32} << 20U, '\0'));
  CHECK_THAT(problems_of(folder.file("law.u8.gz")).at(0), Catch::EndsWith("= 12 bytes, found more"));
}

TEST_CASE("lengths of texts that are no numbers are told")
{
  const tests::TemporaryFolder folder;
  folder.put("law.u8", Bytes);
  for (const std::string lengths : {"[1, two]", "[1, -1, 3]", "[99999999999999999999]", "[[3]]"}) {
    std::string description = Description;
    description.replace(description.find("[1, 2]"), 6, lengths);
    folder.put("law.json", description);
    INFO(lengths);
    CHECK_THAT(problems_of(folder.file("law.u8")).at(0),
               Catch::Contains("sequence_lengths: expected numbers of tokens"));
  }
}
