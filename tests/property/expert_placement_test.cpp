// Whatever the loads: every expert is somewhere, every slot is used, no rank has an expert twice where there is room
// elsewhere, and planning by load is never worse than experts in order of number.
#include "models/experts/placement.h"
#include "sim/random/random_stream.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

using namespace cm;
using namespace cm::models;

namespace {

constexpr std::uint64_t Seeds = 200;

struct RandomDeployment {
  SlotSpec slots;
  std::vector<double> loads;

  // Whole nodes of equal ranks, so that all rules can place it.
  explicit RandomDeployment(std::uint64_t seed)
  {
    sim::RandomStream random(seed, "deployment");
    const std::uint32_t nodes = 1 + random.below(4);
    slots.ranks_per_node = 1 + random.below(4);
    slots.ranks = nodes * slots.ranks_per_node;
    slots.routed = slots.ranks * (1 + random.below(8));
    slots.redundant = slots.ranks * random.below(3);
    slots.shared_copies = random.below(2) * slots.ranks;
    const double sigma = random.uniform() * 2;
    for (std::uint32_t expert = 0; expert < slots.routed; ++expert)
      loads.push_back(random.below(8) == 0 ? 0 : std::exp(sigma * random.normal()));
    loads.front() = 1;
  }
};

}  // namespace

TEST_CASE("planned placements are complete and never worse than contiguous")
{
  const std::uint64_t seed = GENERATE(range(std::uint64_t{1}, Seeds));
  const PlacementRule rule = GENERATE(PlacementRule::Eplb, PlacementRule::EplbByNode);
  INFO("seed " << seed);
  const RandomDeployment random(seed);
  REQUIRE_FALSE(slot_problem(random.slots));
  REQUIRE_FALSE(node_problem(random.slots));
  const Placement planned(random.slots, rule, random.loads);
  const Placement contiguous(random.slots, PlacementRule::Contiguous, random.loads);

  std::vector<std::uint32_t> taken(random.slots.ranks);
  for (std::uint32_t expert = 0; expert < random.slots.routed; ++expert) {
    REQUIRE_FALSE(planned.copies(expert).empty());
    for (const std::uint32_t rank : planned.copies(expert))
      ++taken.at(rank);
  }
  const std::uint32_t each = (random.slots.routed + random.slots.redundant) / random.slots.ranks;
  CHECK(std::ranges::all_of(taken, [&](auto slots) { return slots == each; }));
  CHECK(planned.hottest(random.loads) <= contiguous.hottest(random.loads) * (1 + 1e-9));
}
