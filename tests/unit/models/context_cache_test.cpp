#include "models/kv_cache/context_cache.h"
#include "sim/random/random_stream.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::models;

namespace {

ContextCacheSpec servers(std::uint32_t count, std::uint64_t dram, std::uint64_t volume)
{
  ContextCacheSpec spec{
      .homes = {}, .nodes_of_homes = {}, .block = 9_MiB, .dram_blocks = dram, .volume_blocks = volume};
  for (std::uint32_t home = 0; home < count; ++home) {
    spec.homes.push_back(100 + home);
    spec.nodes_of_homes.push_back(home / 4);
  }
  return spec;
}

}  // namespace

TEST_CASE("a prompt finds the blocks in front of the first that is missing")
{
  ContextCache cache(servers(8, 10, 0));
  CHECK(cache.store(std::vector<std::uint64_t>{1, 2, 3}).size() == 3);
  CHECK(cache.store(std::vector<std::uint64_t>{1, 2, 4}).size() == 1);
  CHECK(cache.look_up(std::vector<std::uint64_t>{1, 2, 4, 5}).size() == 3);
  CHECK(cache.look_up(std::vector<std::uint64_t>{5, 1, 2}).empty());
  CHECK(cache.count(std::vector<std::uint64_t>{1, 2, 3, 9}) == 3);
  CHECK(cache.dram_blocks() == 4);
}

TEST_CASE("the block that was used longest ago makes room")
{
  ContextCache cache(servers(1, 2, 0));
  cache.store(std::vector<std::uint64_t>{1, 2});
  cache.look_up(std::vector<std::uint64_t>{1});
  cache.store(std::vector<std::uint64_t>{3});
  CHECK(cache.count(std::vector<std::uint64_t>{1}) == 1);
  CHECK(cache.count(std::vector<std::uint64_t>{2}) == 0);
  CHECK(cache.dropped() == 1);
}

TEST_CASE("what DRAM gave up comes back from the volume")
{
  ContextCache cache(servers(1, 1, 4));
  cache.store(std::vector<std::uint64_t>{1, 2});
  CHECK(cache.dropped() == 0);
  const auto first = cache.look_up(std::vector<std::uint64_t>{1});
  REQUIRE(first.size() == 1);
  CHECK(first.front().tier == ContextCache::Tier::Volume);
  CHECK(cache.look_up(std::vector<std::uint64_t>{1}).front().tier == ContextCache::Tier::Dram);
}

TEST_CASE("no tier ever holds more than its places")
{
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    sim::RandomStream random(seed, "cache test");
    const std::uint64_t dram = random.below(20);
    const std::uint64_t volume = random.below(40);
    ContextCache cache(servers(1 + random.below(6), dram, volume));
    for (int step = 0; step < 500; ++step) {
      std::vector<std::uint64_t> keys;
      for (std::uint32_t i = random.below(12); i > 0; --i)
        keys.push_back(random.below(300));
      if (random.below(2) == 0)
        cache.look_up(keys);
      else
        cache.store(keys);
      REQUIRE_NOTHROW(cache.check());
    }
    if (dram + volume > 0)
      CHECK(cache.dram_blocks() + cache.volume_blocks() > 0);
  }
}
