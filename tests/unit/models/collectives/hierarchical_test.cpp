#include "models/collectives/hierarchical.h"
#include "sim/diagnostics/errors.h"

#include <catch2/catch.hpp>

#include <vector>

using namespace cm;
using namespace cm::models;

namespace {

// Nodes of `places` ranks each.
CollectiveQuestion question(Operation operation, std::uint32_t ranks, std::uint32_t places, Bytes bytes,
                            double hot_factor = 1)
{
  return {.operation = operation, .ranks = ranks, .ranks_per_group = places, .bytes = bytes, .hot_factor = hot_factor};
}

using Messages = std::vector<PlannedMessage>;

}  // namespace

TEST_CASE("an exchange collects at the neighbour in a place what goes to that place of any node")
{
  // Two nodes of two. Rank 0 takes three times the bytes of a pair.
  const CollectivePlan plan = plan_hierarchical(question(Operation::AllToAll, 4, 2, 100_B, 3));
  CHECK(plan.steps == 2);
  // To the neighbour: for ranks 1 and 3. To the other node: for rank 2, from both ranks of the node.
  CHECK(plan.ranks[0].messages == Messages{{0, 1, 200_B}, {1, 2, 200_B}});
  CHECK(plan.ranks[1].messages == Messages{{0, 0, 400_B}, {1, 3, 200_B}});
  CHECK(plan.ranks[2].messages == Messages{{0, 3, 200_B}, {1, 0, 600_B}});
  CHECK(plan.ranks[3].messages == Messages{{0, 2, 400_B}, {1, 1, 200_B}});
}

TEST_CASE("an all-reduce of a vector that does not divide adds inside the node, between nodes, and hands back")
{
  // Shares of 1, 1, 1 and 2 bytes: place 0 has 2 of both nodes together, place 1 has 3.
  const CollectivePlan plan = plan_hierarchical(question(Operation::AllReduce, 4, 2, 5_B));
  CHECK(plan.steps == 4);
  CHECK(plan.ranks[1].messages == Messages{{0, 0, 2_B}, {1, 3, 2_B}, {2, 3, 1_B}, {3, 0, 3_B}});
  CHECK(plan.ranks[3].messages == Messages{{0, 2, 2_B}, {1, 1, 1_B}, {2, 1, 2_B}, {3, 2, 3_B}});
  CHECK(plan.ranks[1].reductions == std::vector<Reduction>{{0, 2, 3_B}, {1, 2, 1_B}});
  CHECK(plan.ranks[3].reductions == std::vector<Reduction>{{0, 2, 3_B}, {1, 2, 2_B}});
}

TEST_CASE("a broadcast reaches one rank of every node and from there the others")
{
  const CollectivePlan plan = plan_hierarchical(question(Operation::Broadcast, 6, 3, 10_B));
  CHECK(plan.steps == 2);
  CHECK(plan.ranks[0].messages == Messages{{0, 3, 10_B}, {1, 1, 10_B}, {1, 2, 10_B}});
  CHECK(plan.ranks[3].messages == Messages{{1, 4, 10_B}, {1, 5, 10_B}});
  CHECK(plan.ranks[4].messages.empty());
}

TEST_CASE("nodes of one rank have nothing to send or add inside")
{
  const CollectivePlan plan = plan_hierarchical(question(Operation::ReduceScatter, 3, 1, 10_B));
  CHECK(plan.steps == 2);
  CHECK(plan.ranks[1].messages == Messages{{1, 2, 10_B}, {1, 0, 10_B}});
  CHECK(plan.ranks[1].reductions == std::vector<Reduction>{{1, 3, 10_B}});
}

TEST_CASE("a hierarchical plan needs more than one whole node and an operation of all ranks")
{
  CHECK_THROWS_AS(plan_hierarchical(question(Operation::AllGather, 4, 4, 10_B)), SimulationError);
  CHECK_THROWS_AS(plan_hierarchical(question(Operation::AllGather, 6, 4, 10_B)), SimulationError);
  for (const Operation operation : {Operation::Permutation, Operation::Incast, Operation::FanOut})
    CHECK_THROWS_AS(plan_hierarchical(question(operation, 8, 4, 10_B)), SimulationError);
}
