#include "workloads/kv_access/block_choice.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

using namespace cm::workloads;

namespace {

constexpr std::uint64_t Seed = 1;

KvSpec spec_of(Popularity popularity, std::uint64_t blocks)
{
  KvSpec spec;
  spec.readers = 2;
  spec.writers = 1;
  spec.blocks = blocks;
  spec.popularity = popularity;
  return spec;
}

// How often die 0 asks for each block.
std::vector<int> asked(const KvSpec& spec, int draws)
{
  BlockChoice choice(spec, Seed);
  std::vector<int> counts(spec.blocks);
  for (int i = 0; i < draws; ++i)
    ++counts.at(choice.next(0));
  return counts;
}

std::vector<std::uint64_t> draws_of(BlockChoice& choice, std::uint32_t die, int count)
{
  std::vector<std::uint64_t> blocks;
  for (int i = 0; i < count; ++i)
    blocks.push_back(choice.next(die));
  return blocks;
}

// Four times the deviation of so many draws.
double tolerance(int draws, double share)
{
  return 4 * std::sqrt(draws * share * (1 - share));
}

}  // namespace

TEST_CASE("blocks are asked for as the inverse of their rank, to the power of zipf")
{
  KvSpec spec = spec_of(Popularity::Zipf, 3);
  spec.zipf = 1;
  const int draws = 11000;
  const std::vector<int> counts = asked(spec, draws);
  const std::array<double, 3> shares{6.0 / 11, 3.0 / 11, 2.0 / 11};
  for (std::size_t block = 0; block < 3; ++block)
    CHECK(std::abs(counts[block] - draws * shares[block]) < tolerance(draws, shares[block]));
}

TEST_CASE("a zipf of 0 and uniform popularity ask for all blocks alike")
{
  const int draws = 10000;
  KvSpec flat = spec_of(Popularity::Zipf, 4);
  flat.zipf = 0;
  for (const KvSpec& spec : {flat, spec_of(Popularity::Uniform, 4)})
    for (const int count : asked(spec, draws))
      CHECK(std::abs(count - draws / 4) < tolerance(draws, 0.25));
}

TEST_CASE("blocks of a trace are taken in turn by whoever asks, and again from the start")
{
  KvSpec spec = spec_of(Popularity::Trace, 10);
  spec.trace = {7, 3, 9};
  BlockChoice choice(spec, Seed);
  CHECK(choice.next(0) == 7);
  CHECK(choice.next(2) == 3);
  CHECK(choice.next(1) == 9);
  CHECK(choice.next(0) == 7);
}

TEST_CASE("draws of a die do not depend on what other dies have asked for")
{
  const KvSpec spec = spec_of(Popularity::Uniform, 1000);
  BlockChoice alone(spec, Seed);
  BlockChoice shared(spec, Seed);
  draws_of(shared, 0, 17);
  const auto expected = draws_of(alone, 1, 20);
  CHECK(draws_of(shared, 1, 20) == expected);
  BlockChoice other_seed(spec, Seed + 1);
  CHECK(draws_of(other_seed, 1, 20) != expected);
}

TEST_CASE("writers always write and readers as often as their share says, whatever they ask for")
{
  const KvSpec reading = spec_of(Popularity::Uniform, 10);
  KvSpec writing = reading;
  writing.write_share = 1;
  BlockChoice never(reading, Seed);
  BlockChoice always(writing, Seed);
  for (int i = 0; i < 50; ++i) {
    CHECK_FALSE(never.is_write(1));
    CHECK(never.is_write(2));
    CHECK(always.is_write(0));
  }
  KvSpec mixed = reading;
  mixed.write_share = 0.25;
  BlockChoice some(mixed, Seed);
  int writes = 0;
  for (int i = 0; i < 4000; ++i)
    writes += some.is_write(0) ? 1 : 0;
  CHECK(std::abs(writes - 1000) < tolerance(4000, 0.25));
  // Draws of whether to write are others than those of the block.
  CHECK(draws_of(some, 0, 20) == draws_of(never, 0, 20));
}
