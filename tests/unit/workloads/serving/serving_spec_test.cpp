#include "tests/support/deepseek_r1.h"
#include "tests/support/small_machine.h"
#include "workloads/serving/serving_spec.h"

#include <catch2/catch.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace cm;
using namespace cm::workloads;

namespace {

// One prefill instance and a decode instance of 16 dies each, with more keys of their own.
std::string serving_text(const std::string& of_prefill = "", const std::string& of_decode = "",
                         const std::string& more = "")
{
  return fmt::format(
      "{{kind: serving, block_tokens: 128, generator: {{requests: 100, rate: 10, input: {{mean: 1000, sigma: 0.5}}, "
      "output: {{mean: 100, sigma: 0.5}}}}, prefill_instances: 1, "
      "prefill: {{kind: prefill, npus: 8, routing: balanced, experts: auto{}}}, "
      "decode: {{kind: decode, ep: 16, batch_per_npu: 16, prompt_length: 1024, output_length: 64, mtp: {{tokens: 0, "
      "acceptance: 0}}, microbatches: 1, routing: uniform, experts: auto{}}}, "
      "pool: {{on: false}}, slo: {{ttft: 2 s, tpot: 50 ms}}{}}}",
      of_prefill, of_decode, more);
}

// On a machine of 32 dies without memory for a pool.
ServingSpec read(const std::string& text, std::vector<std::string>* problems)
{
  const sim::config::Value tree = sim::config::parse_text("s.yaml", text);
  sim::config::ReadingLog log;
  sim::config::Reader reader(tree, "workload", log);
  ServingSpec spec = read_serving(reader, tests::deepseek_r1(), tests::small_machine());
  if (problems != nullptr) {
    *problems = log.problems;
    return spec;
  }
  for (const std::string& problem : log.problems)
    WARN(problem);
  REQUIRE(log.problems.empty());
  return spec;
}

ServingSpec serving(const std::string& of_prefill, const std::string& of_decode, const std::string& more = "",
                    std::vector<std::string>* problems = nullptr)
{
  return read(serving_text(of_prefill, of_decode, more), problems);
}

// The only problem of the text in which `now` stands instead of `before`.
std::string problem_with(const std::string& before, const std::string& now, const std::string& more = "")
{
  std::string text = serving_text("", "", more);
  text.replace(text.find(before), before.size(), now);
  std::vector<std::string> problems;
  read(text, &problems);
  REQUIRE(problems.size() == 1);
  return problems[0];
}

}  // namespace

TEST_CASE("a policy that one phase chooses is not the other's")
{
  const auto machines = tests::small_machine().ub.lane_choice;
  REQUIRE(machines == sim::fabric::LaneChoice::Spray);
  const ServingSpec of_prefill = serving(", sub_plane_choice: hash", "");
  CHECK(of_prefill.prefill_fabric.lane_choice == sim::fabric::LaneChoice::Hash);
  CHECK(of_prefill.decode_fabric.lane_choice == machines);
  const ServingSpec of_decode = serving("", ", sub_plane_choice: by-expert, l2_choice: hash");
  CHECK(of_decode.prefill_fabric.lane_choice == machines);
  CHECK(of_decode.decode_fabric.lane_choice == sim::fabric::LaneChoice::ByMessage);
  CHECK(of_decode.prefill_fabric.spine_choice == sim::fabric::SpineChoice::Spray);
  CHECK(of_decode.decode_fabric.spine_choice == sim::fabric::SpineChoice::Hash);
}

TEST_CASE("there is one decode instance unless the file says how many, and a router between several")
{
  const ServingSpec one = serving("", "");
  CHECK(one.decode_instances == 1);
  CHECK(one.decode_router == find_decode_router("least-loaded"));
  CHECK(one.decode_dies() == 16);
  std::vector<std::string> problems;
  const ServingSpec two =
      serving("", "", ", decode_instances: 2, decode_router: round-robin, router: cache-aware", &problems);
  CHECK(two.decode_instances == 2);
  CHECK(two.decode_router == find_decode_router("round-robin"));
  CHECK(two.router == find_prefill_router("cache-aware"));
  CHECK(two.decode_dies() == 32);
  CHECK(two.decode_die(17) == 16 + 17);
}

TEST_CASE("prefill instances that do not fit the machine are refused with how many do")
{
  CHECK_THAT(problem_with("prefill_instances: 1", "prefill_instances: 2"),
             Catch::EndsWith("workload.prefill_instances: prefill needs 32 dies and decode 16, 48 in all; the machine "
                             "has 32, enough for prefill_instances: at most 1"));
  CHECK_THAT(problem_with("prefill_instances: 1", "prefill_instances: 2", ", decode_instances: 2"),
             Catch::EndsWith("prefill needs 32 dies and decode 32, 64 in all; the machine has 32, enough for "
                             "decode_instances: 1 and prefill_instances: at most 1"));
  CHECK_THAT(
      problem_with("npus: 8", "npus: 16"),
      Catch::EndsWith("the machine has 32, too few for one prefill instance of 32 and one decode instance of 16"));
}

TEST_CASE("a missing context cache is told at the workload, once, with keys that make one")
{
  CHECK(problem_with("pool: {on: false}, ", "") ==
        "s.yaml:1:1: workload.pool: expected a map of keys like {nodes: 32, dram_share: 50 %}, or {on: false} for no "
        "context cache, found no such key");
  CHECK_THAT(problem_with("pool: {on: false}", "pool: {nodes: 1, dram_share: 50 %}"),
             Catch::EndsWith("workload.pool.on: needs machine.memory, which this machine file does not have; false "
                             "serves without a context cache"));
}

TEST_CASE("decode instances that do not fit the machine are refused with how many do")
{
  std::vector<std::string> problems;
  serving("", "", ", decode_instances: 2", &problems);
  REQUIRE(problems.size() == 1);
  CHECK(
      problems[0].ends_with("workload.decode_instances: prefill needs 16 dies and each of 2 decode instances 16, 48 in "
                            "all; the machine has 32, enough for decode_instances: 1"));
  serving("", "", ", decode_router: nearest", &problems);
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].ends_with("workload.decode_router: expected one of round-robin, least-loaded, found \"nearest\""));
}

TEST_CASE("a router between decode instances has no use where there is one")
{
  const auto is_unused = [](const ServingSpec& spec) {
    const auto unused = unused_keys(spec, tests::deepseek_r1(), tests::small_machine());
    return std::ranges::find(unused, "workload.decode_router", &sim::config::UnusedKey::path) != unused.end();
  };
  ServingSpec spec = serving("", "");
  CHECK(is_unused(spec));
  spec.decode_instances = 2;
  CHECK_FALSE(is_unused(spec));
}
