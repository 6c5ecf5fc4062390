#include "workloads/serving/routers/prefill_routers.h"

#include <catch2/catch.hpp>

#include <set>
#include <vector>

using namespace cm;
using namespace cm::workloads;

namespace {

// Three instances, busy for so many seconds; a new token costs a second on each. 40 of 100 tokens are cached.
struct Asked {
  std::vector<double> busy;
  std::vector<Prompt> prompts;  // that costs were asked for
  int cache = 0;                // how often the cache was asked

  PrefillChoice by(std::string_view router, std::uint64_t routed = 0)
  {
    return find_prefill_router(router)->choose({.input_tokens = 100,
                                                .instances = static_cast<std::uint32_t>(busy.size()),
                                                .routed = routed,
                                                .cached_tokens =
                                                    [&] {
                                                      ++cache;
                                                      return std::int64_t{40};
                                                    },
                                                .cost =
                                                    [&](std::uint32_t instance, const Prompt& prompt) {
                                                      prompts.push_back(prompt);
                                                      return Seconds(busy[instance] +
                                                                     static_cast<double>(prompt.new_tokens));
                                                    }});
  }
};

}  // namespace

TEST_CASE("round-robin takes the prefill instances in turn and asks nobody")
{
  Asked asked{.busy = {9, 0, 0}, .prompts = {}};
  std::vector<std::uint32_t> instances;
  for (std::uint64_t routed = 0; routed < 5; ++routed)
    instances.push_back(asked.by("round-robin", routed).instance);
  CHECK(instances == std::vector<std::uint32_t>{0, 1, 2, 0, 1});
  CHECK(asked.by("round-robin").cached_tokens == 0);
  CHECK(asked.prompts.empty());
  CHECK(asked.cache == 0);
}

TEST_CASE("least-loaded takes the cheapest prefill instance, the first of equals, and nothing for cached")
{
  Asked asked{.busy = {9, 2, 2}, .prompts = {}};
  CHECK(asked.by("least-loaded", 7) == PrefillChoice{.instance = 1, .cached_tokens = 0});
  CHECK(asked.prompts == std::vector<Prompt>(3, Prompt{100, 0}));
  CHECK(asked.cache == 0);
}

TEST_CASE("cache-aware takes the prefill instance that is cheapest for what the cache does not have")
{
  Asked asked{.busy = {9, 3, 2}, .prompts = {}};
  CHECK(asked.by("cache-aware") == PrefillChoice{.instance = 2, .cached_tokens = 40});
  CHECK(asked.prompts == std::vector<Prompt>(3, Prompt{60, 40}));
  CHECK(asked.cache == 1);
}

TEST_CASE("every row of prefill routers has a name of its own, a sentence and a rule")
{
  std::set<std::string_view> names;
  for (const PrefillRouter& row : prefill_routers()) {
    CHECK(names.insert(row.name).second);
    CHECK(row.sentence.size() > 10);
    CHECK(row.choose != nullptr);
    CHECK(find_prefill_router(row.name) == &row);
  }
  CHECK(find_prefill_router("nearest") == nullptr);
}
