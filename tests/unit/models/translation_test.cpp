#include "models/memory/translation.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::models;

namespace {

// Hit 10 ns, walk 3 x 50 ns.
Translation translation(int entries, int walkers)
{
  return {TranslationSpec{.page = 2_MiB, .entries = entries, .hit = 10_ns, .levels = 3, .walkers = walkers}, 50_ns};
}

constexpr Picoseconds ns(std::int64_t count)
{
  return Picoseconds(count * 1000);
}

}  // namespace

TEST_CASE("a miss walks the table, the next look-up hits")
{
  Translation mmu = translation(4, 1);
  CHECK(mmu.translate(1, ns(0)) == ns(160));
  CHECK(mmu.translate(1, ns(1000)) == ns(1010));
  CHECK(mmu.lookups() == 2);
  CHECK(mmu.misses() == 1);
}

TEST_CASE("a look-up during the walk of its page waits for that walk")
{
  Translation mmu = translation(4, 1);
  mmu.translate(1, ns(0));
  CHECK(mmu.translate(1, ns(100)) == ns(160));
  CHECK(mmu.misses() == 1);
}

TEST_CASE("walks wait for a free walker")
{
  Translation one = translation(4, 1);
  one.translate(1, ns(0));
  CHECK(one.translate(2, ns(0)) == ns(310));
  Translation two = translation(4, 2);
  two.translate(1, ns(0));
  CHECK(two.translate(2, ns(0)) == ns(160));
}

TEST_CASE("the page that was used longest ago makes room")
{
  Translation mmu = translation(2, 1);
  mmu.translate(1, ns(0));
  mmu.translate(2, ns(1000));
  mmu.translate(1, ns(2000));
  mmu.translate(3, ns(3000));
  CHECK(mmu.translate(1, ns(4000)) == ns(4010));
  CHECK(mmu.translate(2, ns(5000)) == ns(5160));
}

TEST_CASE("without entries every look-up walks")
{
  Translation mmu = translation(0, 1);
  mmu.translate(1, ns(0));
  CHECK(mmu.translate(1, ns(1000)) == ns(1160));
  CHECK(mmu.misses() == 2);
}
