#include "models/experts/gate.h"
#include "models/experts/placement.h"
#include "sim/diagnostics/errors.h"
#include "tests/support/measured_load.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace cm;
using namespace cm::models;

namespace {

const SlotSpec Published{.ranks = 320, .routed = 256, .redundant = 32, .shared_copies = 32};

std::vector<double> measured_loads(std::uint64_t layer)
{
  return Gate({.routing = Routing::Measured, .experts = 256, .top_k = 8, .profile = tests::measured_load()}, layer)
      .loads();
}

// Slots that a rank's routed copies take.
std::vector<std::uint32_t> slots_taken(const Placement& placement, const SlotSpec& spec)
{
  std::vector<std::uint32_t> taken(spec.ranks);
  for (std::uint32_t expert = 0; expert < spec.routed; ++expert)
    for (const std::uint32_t rank : placement.copies(expert))
      ++taken.at(rank);
  return taken;
}

}  // namespace

TEST_CASE("slots that divide over the ranks are no problem")
{
  CHECK_FALSE(slot_problem(Published));
  CHECK_FALSE(slot_problem({.ranks = 32, .routed = 256}));
  CHECK_FALSE(slot_problem({.ranks = 1, .routed = 256}));
  // No ranks at all is somebody else's complaint.
  CHECK_FALSE(slot_problem({.ranks = 0, .routed = 256}));
}

TEST_CASE("slots that do not divide are explained with the nearest EP")
{
  const auto problem = slot_problem({.ranks = 300, .routed = 256, .redundant = 32, .shared_copies = 32});
  REQUIRE(problem);
  CHECK(*problem ==
        "256 routed + 32 redundant + 32 shared = 320 slots do not divide over 300 ranks; the nearest EP that "
        "they divide over is 160 or 320");
  CHECK_THAT(*slot_problem({.ranks = 33, .routed = 256}), Catch::EndsWith("is 32 or 64"));
  CHECK_THAT(*slot_problem({.ranks = 33, .routed = 256}, "for 33 ranks: auto; "),
             Catch::Contains("do not divide over 33 ranks; for 33 ranks: auto; the nearest EP that"));
  CHECK_THAT(*slot_problem({.ranks = 16, .routed = 257}), Catch::EndsWith("is 257"));
  // More ranks than slots.
  CHECK_THAT(*slot_problem({.ranks = 400, .routed = 256}), Catch::EndsWith("is 256"));
}

TEST_CASE("a scenario that asks for NPUs is told the nearest numbers of NPUs")
{
  CHECK(*slot_problem({.ranks = 24, .routed = 256}, "", 2) ==
        "256 routed + 0 redundant + 0 shared = 256 slots do not divide over 24 ranks (12 NPUs of 2 dies); the nearest "
        "number of NPUs that they divide over is 8 or 16");
  // 3 and 9 ranks divide 27 slots, but no even number does.
  CHECK_THAT(*slot_problem({.ranks = 6, .routed = 27}, "", 2), Catch::EndsWith("they divide over no number of NPUs"));
}

TEST_CASE("every expert has its copies and every rank its slots")
{
  const PlacementRule rule = GENERATE(PlacementRule::Contiguous, PlacementRule::Balanced, PlacementRule::Eplb);
  const std::uint32_t ranks = GENERATE(8U, 32U, 320U);
  const SlotSpec spec{.ranks = ranks, .routed = 256, .redundant = 32, .shared_copies = 32};
  std::vector<double> loads(spec.routed, 1.0);
  loads.front() = 3;
  const Placement placement(spec, rule, loads);
  std::size_t copies = 0;
  for (std::uint32_t expert = 0; expert < spec.routed; ++expert) {
    std::vector<std::uint32_t> at = placement.copies(expert);
    CHECK_FALSE(at.empty());
    copies += at.size();
    // A second copy on the same rank would be a slot for nothing.
    std::ranges::sort(at);
    if (rule != PlacementRule::Contiguous)
      CHECK(std::ranges::adjacent_find(at) == at.end());
  }
  CHECK(copies == spec.routed + spec.redundant);
  auto taken = slots_taken(placement, spec);
  for (std::uint32_t copy = 0; copy < spec.shared_copies; ++copy)
    ++taken.at(copy * spec.ranks / spec.shared_copies);
  CHECK(std::ranges::all_of(taken, [&](auto slots) { return slots == placement.slots_per_rank(); }));
}

TEST_CASE("contiguous placement lays the experts out in order")
{
  const Placement placement({.ranks = 8, .routed = 64}, PlacementRule::Contiguous, std::vector<double>(64, 1.0));
  for (std::uint32_t expert = 0; expert < 64; ++expert)
    CHECK(placement.copies(expert) == std::vector<std::uint32_t>{expert / 8});
}

TEST_CASE("redundant copies go to the hottest experts")
{
  std::vector<double> loads(16, 1.0);
  loads[5] = 6;
  loads[9] = 3;
  const Placement placement({.ranks = 20, .routed = 16, .redundant = 4}, PlacementRule::Balanced, loads);
  CHECK(placement.copies(5).size() == 4);
  CHECK(placement.copies(9).size() == 2);
}

TEST_CASE("a rank takes on the load of a copy and not that of its expert")
{
  const std::vector<double> loads{10, 6, 4, 3, 1};
  const Placement placement({.ranks = 3, .routed = 5, .redundant = 1}, PlacementRule::Balanced, loads);
  // Copies in order of load: 6, 5, 5, 4, 3, 1.
  using Ranks = std::vector<std::uint32_t>;
  CHECK(placement.copies(0) == Ranks{1, 2});
  CHECK(placement.copies(1) == Ranks{0});
  CHECK(placement.copies(2) == Ranks{1});
  CHECK(placement.copies(3) == Ranks{2});
  CHECK(placement.copies(4) == Ranks{0});
  CHECK(placement.hottest(loads) == 5 + 4);
  CHECK(placement.imbalance(loads) == Approx(9.0 / 8));
}

TEST_CASE("a balanced placement beats a contiguous one")
{
  const auto layer = GENERATE(range(std::uint64_t{0}, std::uint64_t{5}));
  const std::uint32_t ranks = GENERATE(32U, 64U, 320U);
  const std::vector<double> loads = measured_loads(layer);
  const SlotSpec spec{.ranks = ranks, .routed = 256, .redundant = 32, .shared_copies = 32};
  const double contiguous = Placement(spec, PlacementRule::Contiguous, loads).imbalance(loads);
  const double balanced = Placement(spec, PlacementRule::Balanced, loads).imbalance(loads);
  CHECK(balanced >= 1 - 1e-9);
  CHECK(balanced < contiguous);
}

TEST_CASE("32 redundant copies leave the hottest slot of the measured load near twice the mean")
{
  const std::vector<double> loads = measured_loads(0);
  const double hottest = Placement(Published, PlacementRule::Balanced, loads).imbalance(loads);
  CHECK(hottest > 1.7);
  CHECK(hottest < 2.3);
  // Without them it is the hottest expert.
  const SlotSpec bare{.ranks = 256, .routed = 256};
  CHECK(Placement(bare, PlacementRule::Balanced, loads).imbalance(loads) == Approx(*std::ranges::max_element(loads)));
}

TEST_CASE("a shared copy serves the ten ranks nearest to it")
{
  const Placement placement(Published, PlacementRule::Balanced, std::vector<double>(256, 1.0));
  for (std::uint32_t rank = 0; rank < 320; ++rank)
    CHECK(placement.shared_for(rank) == rank / 10 * 10);
}

TEST_CASE("a placement that cannot be is refused")
{
  const std::vector<double> loads(256, 1.0);
  CHECK_THROWS_AS(Placement({.ranks = 3, .routed = 256}, PlacementRule::Balanced, loads), SimulationError);
  CHECK_THROWS_AS(Placement({.ranks = 4, .routed = 128}, PlacementRule::Balanced, loads), SimulationError);
}

TEST_CASE("a table's layer is taken as it is, with its own number of slots")
{
  const PlacementTable table{.ranks = 2, .layers = 2, .experts = 2, .ranks_of = {{0}, {1}, {0, 1}, {0, 1}}};
  const SlotSpec spec{.ranks = 2, .routed = 2, .shared_copies = 2};
  const Placement first(spec, table, 0);
  const Placement second(spec, table, 1);
  CHECK(first.copies(1) == std::vector<std::uint32_t>{1});
  CHECK(second.copies(1) == std::vector<std::uint32_t>{0, 1});
  CHECK(first.slots_per_rank() == 2);
  CHECK(second.slots_per_rank() == 3);
  CHECK_THROWS_AS(Placement({.ranks = 4, .routed = 2}, table, 0), SimulationError);
}

TEST_CASE("a deployment that does not divide over nodes is explained")
{
  CHECK_FALSE(node_problem({.ranks = 32, .routed = 256, .shared_copies = 32, .ranks_per_node = 16}));
  CHECK_THAT(*node_problem({.ranks = 40, .routed = 256, .ranks_per_node = 16}),
             Catch::Contains("expected 40 ranks, 256 routed experts and 0 shared copies that divide over nodes of 16"));
}
