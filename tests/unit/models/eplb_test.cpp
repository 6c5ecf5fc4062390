#include "models/experts/eplb.h"
#include "sim/diagnostics/errors.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace cm;
using namespace cm::models;

namespace {

std::vector<double> rank_loads(const EplbTask& task)
{
  const auto plan = plan_eplb(task);
  std::vector<double> loads(task.slots.size());
  for (std::size_t expert = 0; expert < plan.size(); ++expert)
    for (const std::uint32_t rank : plan[expert])
      loads.at(rank) += task.loads[expert] / static_cast<double>(plan[expert].size());
  return loads;
}

}  // namespace

TEST_CASE("redundant slots go to the expert with the most load per copy")
{
  // 8 / 1, then 8 / 2 against 6 / 1, then 8 / 2 against 6 / 2: copies 2, 2, 1, 1.
  const auto plan = plan_eplb({.loads = {8, 6, 2, 2}, .slots = {2, 2, 2}});
  CHECK(plan[0].size() == 2);
  CHECK(plan[1].size() == 2);
  CHECK(plan[2].size() == 1);
  CHECK(plan[3].size() == 1);
}

TEST_CASE("loads that can be levelled are")
{
  for (const double load : rank_loads({.loads = {7, 1, 6, 2, 5, 3, 4, 4}, .slots = {2, 2, 2, 2}}))
    CHECK(load == Approx(8));
}

TEST_CASE("copies are packed by the load of a copy and not by that of their expert")
{
  // 6 + 1, 5 + 4 and 5 + 3.
  const std::vector<double> loads = rank_loads({.loads = {10, 6, 4, 3, 1}, .slots = {2, 2, 2}});
  CHECK(std::ranges::max(loads) == Approx(9));
  CHECK(std::ranges::min(loads) == Approx(7));
}

TEST_CASE("an exchange mends what packing in order of load leaves")
{
  // Longest first gives 9 + 5 + 5 = 19 and 8 + 8 + 1 = 17; the exchange of 9 and 8 levels them.
  for (const double load : rank_loads({.loads = {9, 8, 8, 5, 5, 1}, .slots = {3, 3}}))
    CHECK(load == Approx(18));
}

TEST_CASE("ranks with fewer slots get fewer experts")
{
  const auto plan = plan_eplb({.loads = {4, 3, 2, 1, 1}, .slots = {1, 4}});
  CHECK(std::ranges::count_if(plan, [](const auto& ranks) { return ranks.front() == 0; }) == 1);
}

TEST_CASE("by node, all copies of an expert stay on its node")
{
  const EplbTask task{.loads = {9, 1, 1, 1, 8, 1, 1, 2}, .slots = {3, 3, 3, 3}, .ranks_per_node = 2};
  REQUIRE(divides_by_node(task));
  const auto plan = plan_eplb(task);
  std::vector<int> on_node(2);
  for (const auto& ranks : plan) {
    for (const std::uint32_t rank : ranks)
      CHECK(rank / 2 == ranks.front() / 2);
    ++on_node.at(ranks.front() / 2);
  }
  CHECK(on_node == std::vector{4, 4});
  // The two hot experts are apart, each with copies on both ranks of its node.
  CHECK(plan[0].front() / 2 != plan[4].front() / 2);
  CHECK(plan[0].size() == 2);
}

TEST_CASE("what does not divide over nodes is known before")
{
  CHECK_FALSE(divides_by_node({.loads = {1, 1, 1}, .slots = {1, 1, 1, 1}, .ranks_per_node = 2}));
  CHECK_FALSE(divides_by_node({.loads = {1, 1}, .slots = {1, 1, 1}, .ranks_per_node = 2}));
  CHECK_FALSE(divides_by_node({.loads = {1, 1}, .slots = {2, 1, 1, 1}, .ranks_per_node = 2}));
  CHECK_THROWS_AS(plan_eplb({.loads = {1, 1, 1}, .slots = {1, 1, 1, 1}, .ranks_per_node = 2}), SimulationError);
  CHECK_THROWS_AS(plan_eplb({.loads = {1, 1, 1}, .slots = {1, 1}}), SimulationError);
}

TEST_CASE("experts without load are placed too")
{
  const auto plan = plan_eplb({.loads = {0, 0, 0, 0}, .slots = {2, 2, 2}});
  CHECK(std::ranges::none_of(plan, [](const auto& ranks) { return ranks.empty(); }));
}
