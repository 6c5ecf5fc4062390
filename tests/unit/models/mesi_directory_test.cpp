#include "models/memory/mesi_directory.h"
#include "sim/random/random_stream.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace cm::models;

TEST_CASE("the first reader has the line alone, the second shares it")
{
  MesiDirectory directory(1);
  CHECK(directory.read(0, 3).memory_supplies);
  CHECK(directory.state(0, 3) == LineState::Exclusive);
  const MesiTransaction second = directory.read(0, 5);
  CHECK(second.supplier == 3U);
  CHECK_FALSE(second.write_back);
  CHECK(directory.state(0, 3) == LineState::Shared);
  CHECK(directory.state(0, 5) == LineState::Shared);
}

TEST_CASE("a write into an exclusive copy asks nobody, into a shared one invalidates the others")
{
  MesiDirectory directory(1);
  directory.read(0, 1);
  CHECK(directory.hits(0, 1, true));
  CHECK(directory.state(0, 1) == LineState::Modified);
  CHECK(directory.read(0, 2).write_back);
  directory.read(0, 4);
  CHECK_FALSE(directory.hits(0, 2, true));
  const MesiTransaction write = directory.write(0, 2);
  CHECK(write.invalidate == std::vector<CacheIndex>{1, 4});
  CHECK_FALSE(write.memory_supplies);
  CHECK(directory.copies(0) == std::vector<CacheIndex>{2});
}

TEST_CASE("whatever happens, a writer is the only holder and the newest value is the one that is read")
{
  const std::uint64_t seed = 20;
  INFO("seed " << seed);
  cm::sim::RandomStream draws(seed, "mesi");
  constexpr std::uint32_t Lines = 5;
  constexpr std::uint32_t Caches = 7;
  MesiDirectory directory(Lines);
  // Values as caches and memory would hold them if they did what the directory says.
  std::vector<std::vector<int>> cached(Lines, std::vector<int>(Caches, -1));
  std::vector<int> memory(Lines, 0);
  std::vector<int> newest(Lines, 0);
  for (int step = 1; step <= 20'000; ++step) {
    const std::uint32_t line = draws.below(Lines);
    const std::uint32_t cache = draws.below(Caches);
    const bool is_write = draws.below(4) == 0;
    if (!directory.hits(line, cache, is_write)) {
      const MesiTransaction done = is_write ? directory.write(line, cache) : directory.read(line, cache);
      REQUIRE(!(done.supplier && done.memory_supplies));
      if (done.supplier)
        cached[line][cache] = cached[line][*done.supplier];
      if (done.write_back)
        memory[line] = cached[line][*done.supplier];
      if (done.memory_supplies)
        cached[line][cache] = memory[line];
      for (const CacheIndex other : done.invalidate)
        cached[line][other] = -1;
    }
    REQUIRE(cached[line][cache] == newest[line]);
    if (is_write)
      cached[line][cache] = newest[line] = step;
    int owners = 0;
    for (CacheIndex each = 0; each < Caches; ++each) {
      const LineState state = directory.state(line, each);
      owners += state == LineState::Modified || state == LineState::Exclusive;
      REQUIRE((state == LineState::Invalid) == (cached[line][each] == -1));
    }
    REQUIRE(owners <= 1);
    if (owners == 1)
      REQUIRE(directory.copies(line).size() == 1);
  }
}
