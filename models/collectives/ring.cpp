#include "models/collectives/ring.h"

#include "sim/diagnostics/ensure.h"

namespace cm::models {
namespace {

// The rank that is `back` places before `rank`, back <= ranks.
std::uint32_t before(std::uint32_t rank, std::uint32_t back, std::uint32_t ranks)
{
  return (rank + ranks - back) % ranks;
}

void exchange(PlanWriter& plan, const CollectiveQuestion& question)
{
  const std::uint32_t n = question.ranks;
  for (std::uint32_t step = 1; step < n; ++step) {
    plan.next_step();
    for (std::uint32_t rank = 0; rank < n; ++rank) {
      const std::uint32_t origin = before(rank, step - 1, n);
      Bytes on_the_way;
      for (std::uint32_t distance = step; distance < n; ++distance)
        on_the_way += pair_bytes(question, (origin + distance) % n);
      plan.send(rank, (rank + 1) % n, on_the_way);
    }
  }
}

// Every rank begins with its own share.
void gather(PlanWriter& plan, const CollectiveQuestion& question)
{
  const std::uint32_t n = question.ranks;
  for (std::uint32_t step = 0; step + 1 < n; ++step) {
    plan.next_step();
    for (std::uint32_t rank = 0; rank < n; ++rank)
      plan.send(rank, (rank + 1) % n, share_of(question, before(rank, step, n)));
  }
}

// A share starts behind its owner and comes home as a sum.
void reduce(PlanWriter& plan, const CollectiveQuestion& question)
{
  const std::uint32_t n = question.ranks;
  for (std::uint32_t step = 0; step + 1 < n; ++step) {
    plan.next_step();
    for (std::uint32_t rank = 0; rank < n; ++rank) {
      plan.send(rank, (rank + 1) % n, share_of(question, before(rank, step + 1, n)));
      plan.reduce(rank, 2, share_of(question, before(before(rank, 1, n), step + 1, n)));
    }
  }
}

// Rank 0 hands out the shares; then they go around, to everyone but rank 0.
void broadcast(PlanWriter& plan, const CollectiveQuestion& question)
{
  const std::uint32_t n = question.ranks;
  plan.next_step();
  for (std::uint32_t rank = 1; rank < n; ++rank)
    plan.send(0, rank, share_of(question, rank));
  for (std::uint32_t step = 0; step + 1 < n; ++step) {
    plan.next_step();
    for (std::uint32_t rank = 0; rank + 1 < n; ++rank)
      plan.send(rank, rank + 1, share_of(question, before(rank, step, n)));
  }
}

}  // namespace

CollectivePlan plan_ring(const CollectiveQuestion& question)
{
  PlanWriter plan(question.ranks);
  switch (question.operation) {
  case Operation::AllToAll: exchange(plan, question); break;
  case Operation::AllGather: gather(plan, question); break;
  case Operation::ReduceScatter: reduce(plan, question); break;
  case Operation::AllReduce:
    reduce(plan, question);
    gather(plan, question);
    break;
  case Operation::Broadcast: broadcast(plan, question); break;
  case Operation::Permutation:
  case Operation::Incast:
  case Operation::FanOut: ensure(false, "a ring has no {}", row_of(question.operation).name);
  }
  return std::move(plan).take();
}

}  // namespace cm::models
