#include "models/collectives/pairwise.h"
#include "sim/diagnostics/errors.h"

#include <catch2/catch.hpp>

#include <vector>

using namespace cm;
using namespace cm::models;

namespace {

CollectiveQuestion question(Operation operation, std::uint32_t ranks, Bytes bytes)
{
  return {.operation = operation, .ranks = ranks, .bytes = bytes};
}

}  // namespace

TEST_CASE("a pairwise all-reduce adds one vector a step and then hands the sums on")
{
  // Shares of 2, 2 and 3 bytes.
  const CollectivePlan plan = plan_pairwise(question(Operation::AllReduce, 3, 7_B));
  CHECK(plan.steps == 4);
  CHECK(plan.ranks[1].messages == std::vector<PlannedMessage>{{0, 2, 3_B}, {1, 0, 2_B}, {2, 2, 2_B}, {3, 0, 2_B}});
  CHECK(plan.ranks[2].messages == std::vector<PlannedMessage>{{0, 0, 2_B}, {1, 1, 2_B}, {2, 0, 3_B}, {3, 1, 3_B}});
  CHECK(plan.ranks[2].reductions == std::vector<Reduction>{{0, 2, 3_B}, {1, 2, 3_B}});
}

TEST_CASE("a rank without a share of the vector gets nothing to add and sends no sum")
{
  // One byte, of the last rank.
  const CollectivePlan plan = plan_pairwise(question(Operation::AllReduce, 3, 1_B));
  CHECK(plan.ranks[0].reductions.empty());
  CHECK(plan.ranks[0].messages == std::vector<PlannedMessage>{{1, 2, 1_B}});
  CHECK(plan.ranks[2].messages == std::vector<PlannedMessage>{{2, 0, 1_B}, {3, 1, 1_B}});
}

TEST_CASE("two ranks exchange in one step")
{
  const CollectivePlan plan = plan_pairwise(question(Operation::AllToAll, 2, 9_B));
  CHECK(plan.steps == 1);
  CHECK(plan.ranks[1].messages == std::vector<PlannedMessage>{{0, 0, 9_B}});
  CHECK(plan.ranks[1].reductions.empty());
}

TEST_CASE("operations with one sender or one receiver have no pairwise plan")
{
  for (const Operation operation : {Operation::Broadcast, Operation::Permutation, Operation::Incast, Operation::FanOut})
    CHECK_THROWS_AS(plan_pairwise(question(operation, 4, 8_B)), SimulationError);
}
