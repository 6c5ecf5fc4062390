#include "models/memory/hot_block_cache.h"

#include <catch2/catch.hpp>

using namespace cm::models;

namespace {

bool read_and_offer(HotBlockCache& cache, std::uint64_t block)
{
  const bool hit = cache.read(block);
  if (!hit)
    cache.offer(block);
  return hit;
}

}  // namespace

TEST_CASE("without migration nothing is copied")
{
  HotBlockCache cache(Migration::None, 4);
  CHECK_FALSE(read_and_offer(cache, 1));
  CHECK_FALSE(read_and_offer(cache, 1));
  CHECK(cache.copies() == 0);
}

TEST_CASE("lru drops the block that was read longest ago, and never holds more than its budget")
{
  HotBlockCache cache(Migration::Lru, 2);
  read_and_offer(cache, 1);
  read_and_offer(cache, 2);
  CHECK(read_and_offer(cache, 1));
  read_and_offer(cache, 3);
  CHECK(cache.copies() == 2);
  CHECK(read_and_offer(cache, 1));
  CHECK_FALSE(read_and_offer(cache, 2));
}

TEST_CASE("frequency keeps a hot block through a scan of blocks that are read once")
{
  HotBlockCache frequency(Migration::Frequency, 2);
  HotBlockCache lru(Migration::Lru, 2);
  for (int i = 0; i < 5; ++i) {
    read_and_offer(frequency, 1);
    read_and_offer(lru, 1);
  }
  for (std::uint64_t block = 100; block < 120; ++block) {
    read_and_offer(frequency, block);
    read_and_offer(lru, block);
  }
  CHECK(read_and_offer(frequency, 1));
  CHECK_FALSE(read_and_offer(lru, 1));
}

TEST_CASE("a block takes the place of the least-read copy when it was read more often than that, not as often")
{
  HotBlockCache cache(Migration::Frequency, 1);
  cache.read(1);
  CHECK(cache.offer(1));
  cache.read(2);
  CHECK_FALSE(cache.offer(2));
  cache.read(2);
  CHECK(cache.offer(2));
  CHECK(cache.copies() == 1);
  CHECK_FALSE(cache.read(1));
  CHECK(cache.read(2));
}

TEST_CASE("a budget of no block copies nothing")
{
  HotBlockCache cache(Migration::Lru, 0);
  read_and_offer(cache, 1);
  CHECK(cache.copies() == 0);
}
