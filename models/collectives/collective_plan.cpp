#include "models/collectives/collective_plan.h"

#include "sim/diagnostics/ensure.h"

namespace cm::models {

Bytes bytes_sent(const CollectivePlan& plan, std::uint32_t rank)
{
  Bytes sum;
  for (const PlannedMessage& message : plan.ranks.at(rank).messages)
    sum += message.bytes;
  return sum;
}

std::vector<Bytes> bytes_received(const CollectivePlan& plan)
{
  std::vector<Bytes> received(plan.steps * plan.ranks.size());
  for (const RankPlan& rank : plan.ranks)
    for (const PlannedMessage& message : rank.messages)
      received[message.step * plan.ranks.size() + message.to] += message.bytes;
  return received;
}

void PlanWriter::send(std::uint32_t from, std::uint32_t to, Bytes bytes)
{
  ensure(from != to && plan_.steps > 0, "rank {} sends to {} in step {}", from, to, plan_.steps);
  if (bytes.count() > 0)
    plan_.ranks.at(from).messages.push_back({plan_.steps - 1, to, bytes});
}

void PlanWriter::reduce(std::uint32_t rank, std::uint32_t inputs, Bytes vector)
{
  ensure(inputs > 1 && plan_.steps > 0, "a sum of {} vectors in step {}", inputs, plan_.steps);
  if (vector.count() > 0)
    plan_.ranks.at(rank).reductions.push_back({plan_.steps - 1, inputs, vector});
}

}  // namespace cm::models
