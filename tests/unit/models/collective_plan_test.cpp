// Tests of what every plan sends, in how many steps, and what it adds up.
#include "models/collectives/collective_plan.h"
#include "models/collectives/collective_table.h"
#include "sim/diagnostics/errors.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

using namespace cm;
using namespace cm::models;

namespace {

// Divides by the ranks of every test, so that shares are equal.
constexpr std::int64_t Vector = 24 * 5 * 1000;

CollectiveQuestion question(Operation operation, std::uint32_t ranks, std::int64_t bytes, double hot_factor = 1)
{
  return {.operation = operation,
          .ranks = ranks,
          .ranks_per_group = 4,
          .bytes = Bytes(bytes),
          .hot_factor = hot_factor,
          .seed = 7};
}

CollectivePlan plan_of(const std::string& algorithm, const CollectiveQuestion& asked)
{
  const Algorithm* row = find_algorithm(algorithm);
  REQUIRE(row != nullptr);
  REQUIRE_FALSE(row->problem(asked));
  return row->plan(asked);
}

std::int64_t sent(const CollectivePlan& plan, std::uint32_t rank)
{
  return bytes_sent(plan, rank).count();
}

std::int64_t received(const CollectivePlan& plan, std::uint32_t rank)
{
  const auto by_step = bytes_received(plan);
  std::int64_t sum = 0;
  for (std::uint32_t step = 0; step < plan.steps; ++step)
    sum += by_step[step * plan.ranks.size() + rank].count();
  return sum;
}

// Every rank alike.
void check_ranks(const CollectivePlan& plan, std::int64_t expected_sent, std::int64_t expected_received)
{
  for (std::uint32_t rank = 0; rank < plan.ranks.size(); ++rank) {
    CHECK(sent(plan, rank) == expected_sent);
    CHECK(received(plan, rank) == expected_received);
  }
}

std::int64_t reduction_traffic(const CollectivePlan& plan, std::uint32_t rank)
{
  std::int64_t sum = 0;
  for (const Reduction& each : plan.ranks[rank].reductions)
    sum += each.memory_traffic().count();
  return sum;
}

}  // namespace

TEST_CASE("no plan sends to the sender itself, beyond its ranks or out of step")
{
  for (const Algorithm& algorithm : collective_table())
    for (const OperationRow& row : operation_table())
      for (const std::uint32_t ranks : {2U, 3U, 8U, 12U}) {
        const CollectiveQuestion asked = question(row.operation, ranks, 1001, 1);
        if (algorithm.problem(asked))
          continue;
        INFO(algorithm.name << " " << row.name << " of " << ranks);
        const CollectivePlan plan = algorithm.plan(asked);
        REQUIRE(plan.ranks.size() == ranks);
        for (std::uint32_t rank = 0; rank < ranks; ++rank) {
          const auto& messages = plan.ranks[rank].messages;
          CHECK(std::ranges::is_sorted(messages, {}, &PlannedMessage::step));
          CHECK(std::ranges::is_sorted(plan.ranks[rank].reductions, {}, &Reduction::step));
          for (const PlannedMessage& each : messages) {
            CHECK(each.to != rank);
            CHECK(each.to < ranks);
            CHECK(each.step < plan.steps);
            CHECK(each.bytes.count() > 0);
          }
        }
      }
}

TEST_CASE("nobody receives less than the operation demands")
{
  for (const Algorithm& algorithm : collective_table())
    for (const OperationRow& row : operation_table()) {
      const CollectiveQuestion asked = question(row.operation, 12, Vector);
      if (algorithm.problem(asked))
        continue;
      INFO(algorithm.name << " " << row.name);
      const CollectivePlan plan = algorithm.plan(asked);
      std::int64_t busiest = 0;
      for (std::uint32_t rank = 0; rank < 12; ++rank)
        busiest = std::max({busiest, sent(plan, rank), received(plan, rank)});
      CHECK(busiest >= least_bytes(asked).count());
    }
}

TEST_CASE("direct plans send each byte once")
{
  const std::uint32_t n = 6;
  check_ranks(plan_of("direct", question(Operation::AllToAll, n, 100)), 500, 500);
  check_ranks(plan_of("direct", question(Operation::AllGather, n, 100)), 500, 500);
  check_ranks(plan_of("direct", question(Operation::ReduceScatter, n, 100)), 500, 500);
  check_ranks(plan_of("direct", question(Operation::AllReduce, n, 600)), 1000, 1000);
  check_ranks(plan_of("direct", question(Operation::Permutation, n, 100)), 100, 100);
  CHECK(plan_of("direct", question(Operation::AllToAll, n, 100)).steps == 1);
  CHECK(plan_of("direct", question(Operation::AllReduce, n, 600)).steps == 2);
}

TEST_CASE("a direct exchange starts at the next rank and walks on")
{
  const CollectivePlan plan = plan_of("direct", question(Operation::AllToAll, 4, 10));
  const std::vector<PlannedMessage> expected{{0, 3, 10_B}, {0, 0, 10_B}, {0, 1, 10_B}};
  CHECK(plan.ranks[2].messages == expected);
}

TEST_CASE("incast, fan-out and broadcast load rank 0 alone")
{
  for (const Operation operation : {Operation::FanOut, Operation::Broadcast}) {
    const CollectivePlan plan = plan_of("direct", question(operation, 5, 100));
    CHECK(sent(plan, 0) == 400);
    CHECK(received(plan, 0) == 0);
    CHECK(received(plan, 4) == 100);
  }
  const CollectivePlan incast = plan_of("direct", question(Operation::Incast, 5, 100));
  CHECK(received(incast, 0) == 400);
  CHECK(sent(incast, 0) == 0);
  CHECK(sent(incast, 4) == 100);
}

TEST_CASE("a permutation is one cycle that the seed moves")
{
  CollectiveQuestion asked = question(Operation::Permutation, 50, 100);
  const CollectivePlan plan = plan_of("direct", asked);
  std::uint32_t rank = 0;
  for (int hops = 0; hops < 49; ++hops) {
    rank = plan.ranks[rank].messages.at(0).to;
    CHECK(rank != 0);
  }
  CHECK(plan.ranks[rank].messages.at(0).to == 0);
  asked.seed = 8;
  CHECK(plan_of("direct", asked).ranks[0].messages != plan.ranks[0].messages);
}

TEST_CASE("a hot rank receives its factor of everyone's share and nobody else more")
{
  for (const char* algorithm : {"direct", "pairwise"}) {
    const CollectivePlan plan = plan_of(algorithm, question(Operation::AllToAll, 8, 100, 2.5));
    CHECK(received(plan, 0) == 7 * 250);
    CHECK(received(plan, 3) == 700);
    CHECK(sent(plan, 0) == 700);
    CHECK(sent(plan, 3) == 850);
  }
}

TEST_CASE("a ring all-reduce moves 2 (n-1)/n of the vector in 2 (n-1) steps")
{
  const std::uint32_t n = GENERATE(2U, 3U, 8U, 12U);
  const CollectivePlan plan = plan_of("ring", question(Operation::AllReduce, n, Vector));
  CHECK(plan.steps == 2 * (n - 1));
  check_ranks(plan, 2 * (n - 1) * Vector / n, 2 * (n - 1) * Vector / n);
  // Each step of the first half adds what came to what is there.
  for (const RankPlan& rank : plan.ranks) {
    REQUIRE(rank.reductions.size() == n - 1);
    CHECK(rank.reductions.back() == Reduction{n - 2, 2, Bytes(Vector / n)});
  }
}

TEST_CASE("ring gather and reduce-scatter move n-1 shares in n-1 steps, to the next rank only")
{
  for (const Operation operation : {Operation::AllGather, Operation::ReduceScatter}) {
    const CollectivePlan plan = plan_of("ring", question(operation, 5, 100));
    CHECK(plan.steps == 4);
    check_ranks(plan, 400, 400);
    for (std::uint32_t rank = 0; rank < 5; ++rank)
      for (const PlannedMessage& each : plan.ranks[rank].messages)
        CHECK(each.to == (rank + 1) % 5);
  }
}

TEST_CASE("a ring all-to-all passes on what is not at home: n/2 times the bytes")
{
  const CollectivePlan plan = plan_of("ring", question(Operation::AllToAll, 8, 100));
  CHECK(plan.steps == 7);
  check_ranks(plan, 100 * 8 * 7 / 2, 100 * 8 * 7 / 2);
}

TEST_CASE("a ring passes a hot rank's bytes through all others")
{
  const CollectivePlan plan = plan_of("ring", question(Operation::AllToAll, 4, 100, 3));
  // Over the link into rank 0 comes all that is meant for it, and what passes it by.
  CHECK(received(plan, 0) == 3 * 300 + (100 + 100) + 100);
}

TEST_CASE("a ring broadcast gives everyone the vector once and rank 0 nothing")
{
  const CollectivePlan plan = plan_of("ring", question(Operation::Broadcast, 6, 600));
  CHECK(plan.steps == 6);
  CHECK(received(plan, 0) == 0);
  // Its own share from rank 0; the other five come around.
  CHECK(received(plan, 5) == 600);
  CHECK(received(plan, 1) == 600);
  CHECK(sent(plan, 0) == 500 + 500);
}

TEST_CASE("pairwise plans talk to one peer a step")
{
  for (const Operation operation : {Operation::AllToAll, Operation::AllGather, Operation::ReduceScatter}) {
    const CollectivePlan plan = plan_of("pairwise", question(operation, 6, 100));
    CHECK(plan.steps == 5);
    check_ranks(plan, 500, 500);
    for (std::uint32_t rank = 0; rank < 6; ++rank)
      for (std::uint32_t step = 0; step < 5; ++step)
        CHECK(plan.ranks[rank].messages.at(step) == PlannedMessage{step, (rank + step + 1) % 6, 100_B});
  }
}

TEST_CASE("hierarchical plans send fewer messages between nodes and as many bytes")
{
  // Three nodes of four.
  const CollectivePlan all_to_all = plan_of("hierarchical", question(Operation::AllToAll, 12, 100));
  CHECK(all_to_all.steps == 2);
  check_ranks(all_to_all, 3 * 300 + 2 * 400, 3 * 300 + 2 * 400);
  const CollectivePlan gather = plan_of("hierarchical", question(Operation::AllGather, 12, 100));
  check_ranks(gather, 200 + 3 * 300, 200 + 3 * 300);
  const CollectivePlan reduce = plan_of("hierarchical", question(Operation::ReduceScatter, 12, 100));
  check_ranks(reduce, 3 * 300 + 200, 3 * 300 + 200);
  CHECK(reduce.ranks[5].reductions == std::vector<Reduction>{{0, 4, 300_B}, {1, 3, 100_B}});
  const CollectivePlan broadcast = plan_of("hierarchical", question(Operation::Broadcast, 12, 100));
  CHECK(sent(broadcast, 0) == 500);
  CHECK(sent(broadcast, 4) == 300);
  CHECK(received(broadcast, 11) == 100);
}

TEST_CASE("between nodes a hierarchical plan stays in its place")
{
  const CollectivePlan plan = plan_of("hierarchical", question(Operation::AllToAll, 12, 100, 2));
  for (std::uint32_t rank = 0; rank < 12; ++rank)
    for (const PlannedMessage& each : plan.ranks[rank].messages)
      CHECK((each.step == 0 ? each.to / 4 == rank / 4 : each.to % 4 == rank % 4));
  // Rank 0 gets its own node's hot bytes with those that it collects for others, and those of the other nodes.
  CHECK(received(plan, 0) == 3 * (200 + 2 * 100) + 2 * 4 * 200);
}

TEST_CASE("a sum is read once for each of its inputs and written once")
{
  const std::uint32_t n = 8;
  CHECK(reduction_traffic(plan_of("direct", question(Operation::ReduceScatter, n, 100)), 3) == 900);
  CHECK(reduction_traffic(plan_of("ring", question(Operation::ReduceScatter, n, 100)), 3) == 7 * 300);
  CHECK(reduction_traffic(plan_of("pairwise", question(Operation::ReduceScatter, n, 100)), 3) == 7 * 300);
  CHECK(reduction_traffic(plan_of("hierarchical", question(Operation::ReduceScatter, n, 100)), 3) == 200 * 5 + 100 * 3);
  CHECK(reduction_traffic(plan_of("direct", question(Operation::AllGather, n, 100)), 3) == 0);
}

TEST_CASE("shares of a vector that does not divide add up to it and a share of nothing is no message")
{
  const CollectiveQuestion asked = question(Operation::AllReduce, 7, 5);
  Bytes sum;
  for (std::uint32_t rank = 0; rank < 7; ++rank)
    sum += share_of(asked, rank);
  CHECK(sum == 5_B);
  std::size_t messages = 0;
  for (const RankPlan& rank : plan_of("direct", asked).ranks)
    messages += rank.messages.size();
  // Five of seven ranks own a byte: six others send it, and get it back.
  CHECK(messages == 2 * 5 * 6);
}

TEST_CASE("a plan writer refuses a message to the sender and a sum of one")
{
  PlanWriter plan(3);
  CHECK_THROWS_AS(plan.send(0, 1, 5_B), SimulationError);
  plan.next_step();
  CHECK_THROWS_AS(plan.send(1, 1, 5_B), SimulationError);
  CHECK_THROWS_AS(plan.reduce(1, 1, 5_B), SimulationError);
}

TEST_CASE("a plan's bytes are counted where they arrive, step by step")
{
  PlanWriter writer(3);
  writer.next_step();
  writer.send(0, 2, 5_B);
  writer.send(1, 2, 7_B);
  writer.send(2, 1, 0_B);
  writer.next_step();
  writer.send(2, 0, 11_B);
  writer.send(0, 2, 1_B);
  writer.reduce(2, 3, 4_B);
  writer.reduce(1, 3, 0_B);
  const CollectivePlan plan = std::move(writer).take();
  CHECK(plan.steps == 2);
  CHECK(bytes_received(plan) == std::vector<Bytes>{0_B, 0_B, 12_B, 11_B, 0_B, 1_B});
  CHECK(bytes_sent(plan, 0) == 6_B);
  CHECK(bytes_sent(plan, 2) == 11_B);
  // Pieces without bytes are neither sent nor added up.
  CHECK(plan.ranks[2].messages.size() == 1);
  CHECK(plan.ranks[1].reductions.empty());
  // Three vectors are read and one is written.
  CHECK(plan.ranks[2].reductions.at(0).memory_traffic() == 16_B);
}
