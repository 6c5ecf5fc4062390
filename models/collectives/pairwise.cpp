#include "models/collectives/pairwise.h"

#include "sim/diagnostics/ensure.h"

namespace cm::models {
namespace {

template <typename Amount>
void exchange(PlanWriter& plan, std::uint32_t ranks, const Amount& bytes, const CollectiveQuestion* reduced = nullptr)
{
  for (std::uint32_t distance = 1; distance < ranks; ++distance) {
    plan.next_step();
    for (std::uint32_t rank = 0; rank < ranks; ++rank) {
      const std::uint32_t to = (rank + distance) % ranks;
      plan.send(rank, to, bytes(rank, to));
      if (reduced != nullptr)
        plan.reduce(rank, 2, share_of(*reduced, rank));
    }
  }
}

void gather(PlanWriter& plan, const CollectiveQuestion& question)
{
  exchange(plan, question.ranks, [&](std::uint32_t from, std::uint32_t /*to*/) { return share_of(question, from); });
}

void reduce(PlanWriter& plan, const CollectiveQuestion& question)
{
  exchange(
      plan, question.ranks, [&](std::uint32_t /*from*/, std::uint32_t to) { return share_of(question, to); },
      &question);
}

}  // namespace

CollectivePlan plan_pairwise(const CollectiveQuestion& question)
{
  PlanWriter plan(question.ranks);
  switch (question.operation) {
  case Operation::AllToAll:
    exchange(plan, question.ranks, [&](std::uint32_t /*from*/, std::uint32_t to) { return pair_bytes(question, to); });
    break;
  case Operation::AllGather: gather(plan, question); break;
  case Operation::ReduceScatter: reduce(plan, question); break;
  case Operation::AllReduce:
    reduce(plan, question);
    gather(plan, question);
    break;
  case Operation::Broadcast:
  case Operation::Permutation:
  case Operation::Incast:
  case Operation::FanOut: ensure(false, "there is no pairwise {}", row_of(question.operation).name);
  }
  return std::move(plan).take();
}

}  // namespace cm::models
