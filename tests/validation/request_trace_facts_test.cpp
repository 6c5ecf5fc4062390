// Facts about the Mooncake conversation trace, which is not part of the tree: CM_MOONCAKE_TRACE names the file, else
// ../shared/traces/mooncake_conversation.jsonl.gz is taken when it is there.
#include "models/kv_cache/context_cache.h"
#include "workloads/traces/dialects/request_file.h"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <string>

using namespace cm;
using namespace cm::workloads;

namespace {

constexpr std::int64_t BlockTokens = 512;

std::string trace_path()
{
  const char* const given = std::getenv("CM_MOONCAKE_TRACE");
  return given != nullptr ? given : "../shared/traces/mooncake_conversation.jsonl.gz";
}

struct Facts {
  std::uint64_t requests = 0;
  double hit_ratio = 0;
};

Facts facts_of(std::uint64_t blocks)
{
  const auto source = open_request_file({.path = trace_path(), .spread = Seconds(3)});
  models::ContextCache cache({.homes = {0}, .nodes_of_homes = {0}, .block = 36_MiB, .dram_blocks = blocks});
  Facts facts;
  std::int64_t tokens = 0;
  std::int64_t hits = 0;
  while (const auto request = source->next()) {
    ++facts.requests;
    tokens += request->input_tokens;
    hits +=
        std::min(request->input_tokens, static_cast<std::int64_t>(cache.look_up(request->blocks).size()) * BlockTokens);
    cache.store(request->blocks);
  }
  facts.hit_ratio = static_cast<double>(hits) / static_cast<double>(tokens);
  return facts;
}

}  // namespace

TEST_CASE("caches of the Mooncake trace find the tokens that are known for them")
{
  if (!std::filesystem::exists(trace_path())) {
    WARN("no trace at " << trace_path() << ": nothing was checked");
    return;
  }
  const Facts unlimited = facts_of(1ULL << 40U);
  CHECK(unlimited.requests == 12031);
  CHECK(unlimited.hit_ratio == Approx(0.374).margin(0.0005));
  CHECK(facts_of(10'000).hit_ratio == Approx(0.215).margin(0.0005));
  CHECK(facts_of(50'000).hit_ratio == Approx(0.362).margin(0.0005));
}
