#include "models/collectives/direct.h"

#include "sim/random/random_stream.h"

#include <numeric>

namespace cm::models {
namespace {

// `bytes(from, to)` to every other rank.
template <typename Amount>
void exchange(PlanWriter& plan, std::uint32_t ranks, const Amount& bytes)
{
  plan.next_step();
  for (std::uint32_t rank = 0; rank < ranks; ++rank)
    for (std::uint32_t distance = 1; distance < ranks; ++distance) {
      const std::uint32_t to = (rank + distance) % ranks;
      plan.send(rank, to, bytes(rank, to));
    }
}

void gather(PlanWriter& plan, const CollectiveQuestion& question)
{
  exchange(plan, question.ranks, [&](std::uint32_t from, std::uint32_t /*to*/) { return share_of(question, from); });
}

void reduce(PlanWriter& plan, const CollectiveQuestion& question)
{
  exchange(plan, question.ranks, [&](std::uint32_t /*from*/, std::uint32_t to) { return share_of(question, to); });
  for (std::uint32_t rank = 0; rank < question.ranks; ++rank)
    plan.reduce(rank, question.ranks, share_of(question, rank));
}

// One cycle of all ranks: nobody sends to itself.
void permute(PlanWriter& plan, const CollectiveQuestion& question)
{
  std::vector<std::uint32_t> cycle(question.ranks);
  std::iota(cycle.begin(), cycle.end(), 0U);
  sim::RandomStream random(question.seed, "permutation");
  for (std::uint32_t i = question.ranks; i-- > 1;)
    std::swap(cycle[i], cycle[random.below(i + 1)]);
  plan.next_step();
  for (std::uint32_t i = 0; i < question.ranks; ++i)
    plan.send(cycle[i], cycle[(i + 1) % question.ranks], question.bytes);
}

}  // namespace

CollectivePlan plan_direct(const CollectiveQuestion& question)
{
  PlanWriter plan(question.ranks);
  const std::uint32_t ranks = question.ranks;
  switch (question.operation) {
  case Operation::AllToAll:
    exchange(plan, ranks, [&](std::uint32_t /*from*/, std::uint32_t to) { return pair_bytes(question, to); });
    break;
  case Operation::AllGather: gather(plan, question); break;
  case Operation::ReduceScatter: reduce(plan, question); break;
  case Operation::AllReduce:
    reduce(plan, question);
    gather(plan, question);
    break;
  case Operation::Permutation: permute(plan, question); break;
  case Operation::Incast:
    plan.next_step();
    for (std::uint32_t rank = 1; rank < ranks; ++rank)
      plan.send(rank, 0, question.bytes);
    break;
  case Operation::Broadcast:
  case Operation::FanOut:
    plan.next_step();
    for (std::uint32_t rank = 1; rank < ranks; ++rank)
      plan.send(0, rank, question.bytes);
    break;
  }
  return std::move(plan).take();
}

}  // namespace cm::models
