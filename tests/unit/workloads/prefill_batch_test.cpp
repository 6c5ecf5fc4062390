#include "sim/random/random_stream.h"
#include "workloads/prefill/batch.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace cm;
using namespace cm::workloads;

TEST_CASE("a prompt of n tokens makes n (n + 1) / 2 pairs, and n more for each cached token")
{
  CHECK(cut({{4, 0}}, 1) == std::vector<PrefillLoad>{{4, 0, 10}});
  CHECK(cut({{4, 3}}, 1) == std::vector<PrefillLoad>{{4, 3, 22}});
  CHECK(cut({{4, 0}, {4, 3}}, 1) == std::vector<PrefillLoad>{{8, 3, 32}});
}

TEST_CASE("the later part of a cut prompt attends to the earlier one")
{
  // 2 tokens: 1 + 2 pairs; the other 2 find them in front: 3 + 4. The cached token is gathered once.
  CHECK(cut({{4, 1}}, 2) == std::vector<PrefillLoad>{{2, 1, 5}, {2, 0, 9}});
}

TEST_CASE("a batch of one token makes one part")
{
  CHECK(cut({{1, 7}}, 2) == std::vector<PrefillLoad>{{1, 7, 8}});
}

TEST_CASE("cutting and chunking lose no token and no pair")
{
  const std::uint64_t seed = GENERATE(1U, 2U, 3U, 4U, 5U);
  CAPTURE(seed);
  sim::RandomStream random(seed, "prompts");
  PrefillBatch prompts;
  for (int i = 0; i < 20; ++i)
    prompts.push_back({1 + random.below(500), random.below(300)});
  const PrefillLoad whole = cut(prompts, 1).front();
  const auto halves = cut(prompts, 2);
  REQUIRE(halves.size() == 2);
  CHECK(halves[0].tokens - halves[1].tokens == whole.tokens % 2);
  CHECK(halves[0].tokens + halves[1].tokens == whole.tokens);
  CHECK(halves[0].cached_tokens + halves[1].cached_tokens == whole.cached_tokens);
  CHECK(halves[0].query_key_pairs + halves[1].query_key_pairs == whole.query_key_pairs);
  std::int64_t tokens = 0;
  std::int64_t pairs = 0;
  const auto batches = chunks(prompts, 700);
  for (const PrefillBatch& batch : batches) {
    CHECK((new_tokens(batch) == 700 || batch == batches.back()));
    tokens += new_tokens(batch);
    pairs += cut(batch, 1).front().query_key_pairs;
  }
  CHECK(tokens == whole.tokens);
  CHECK(pairs == whole.query_key_pairs);
}

TEST_CASE("a prompt longer than a batch finds its earlier part cached")
{
  CHECK(chunks({{10, 5}}, 4) == std::vector<PrefillBatch>{{{4, 5}}, {{4, 9}}, {{2, 13}}});
}
