#include "models/kv_cache/lru_blocks.h"
#include "sim/random/random_stream.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <vector>

using namespace cm;
using namespace cm::models;

TEST_CASE("a block that is used keeps its place and the one that was used longest ago goes")
{
  LruBlocks blocks(2);
  CHECK_FALSE(blocks.insert(1));
  CHECK_FALSE(blocks.insert(2));
  CHECK(blocks.touch(1));
  CHECK(blocks.insert(3) == 2);
  CHECK(blocks.holds(1));
  CHECK_FALSE(blocks.touch(2));
  CHECK(blocks.size() == 2);
}

TEST_CASE("a block that is inserted again is used and drives nothing out")
{
  LruBlocks blocks(2);
  blocks.insert(1);
  blocks.insert(2);
  CHECK_FALSE(blocks.insert(1));
  CHECK(blocks.size() == 2);
  CHECK(blocks.insert(3) == 2);
}

TEST_CASE("looking whether a block is held is no use of it")
{
  LruBlocks blocks(2);
  blocks.insert(1);
  blocks.insert(2);
  CHECK(blocks.holds(1));
  CHECK(blocks.insert(3) == 1);
}

TEST_CASE("a memory without places gives every block back at once")
{
  LruBlocks blocks(0);
  CHECK(blocks.insert(7) == 7);
  CHECK_FALSE(blocks.holds(7));
  CHECK(blocks.size() == 0);
  CHECK(blocks.capacity() == 0);
}

TEST_CASE("blocks go in the order of a plain list by age")
{
  sim::RandomStream random(1, "lru test");
  LruBlocks blocks(5);
  std::vector<std::uint64_t> by_age;  // the one used last behind
  for (int step = 0; step < 2000; ++step) {
    const std::uint64_t key = random.below(9);
    const bool was_held = std::erase(by_age, key) > 0;
    if (random.below(3) == 0) {
      REQUIRE(blocks.touch(key) == was_held);
      if (was_held)
        by_age.push_back(key);
      continue;
    }
    std::optional<std::uint64_t> evicted;
    if (by_age.size() == 5) {
      evicted = by_age.front();
      by_age.erase(by_age.begin());
    }
    by_age.push_back(key);
    REQUIRE(blocks.insert(key) == evicted);
    REQUIRE(blocks.size() == by_age.size());
  }
}
