#include "models/collectives/collective_table.h"

#include "models/collectives/direct.h"
#include "models/collectives/hierarchical.h"
#include "models/collectives/pairwise.h"
#include "models/collectives/ring.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace cm::models {
namespace {

using Problem = std::optional<std::string>;

// Permutation, incast and fan-out are what they are: one message a pair.
bool is_pattern(Operation operation)
{
  return operation == Operation::Permutation || operation == Operation::Incast || operation == Operation::FanOut;
}

Problem no_problem(const CollectiveQuestion& /*question*/)
{
  return std::nullopt;
}

Problem ring_problem(const CollectiveQuestion& question)
{
  return is_pattern(question.operation) ? Problem(fmt::format("{} runs direct only", row_of(question.operation).name))
                                        : std::nullopt;
}

Problem pairwise_problem(const CollectiveQuestion& question)
{
  if (question.operation == Operation::Broadcast)
    return "broadcast runs direct, ring or hierarchical";
  return ring_problem(question);
}

Problem hierarchical_problem(const CollectiveQuestion& question)
{
  if (question.ranks % question.ranks_per_group != 0 || question.ranks <= question.ranks_per_group)
    return fmt::format("hierarchical needs two or more whole nodes of {} ranks, found {} ranks",
                       question.ranks_per_group, question.ranks);
  return ring_problem(question);
}

constexpr std::array<Algorithm, 4> Table{{
    {"direct", "every rank sends straight to every other, starting with the next one", plan_direct, no_problem},
    {"ring", "every rank sends to the next one only, n-1 steps a round", plan_ring, ring_problem},
    {"pairwise", "one peer at a time: step k sends to the k-th rank after, n-1 steps", plan_pairwise, pairwise_problem},
    {"hierarchical", "inside the nodes and between equal places of the nodes, in turn", plan_hierarchical,
     hierarchical_problem},
}};

}  // namespace

std::span<const Algorithm> collective_table()
{
  return Table;
}

const Algorithm* find_algorithm(std::string_view name)
{
  const auto* const row = std::ranges::find(Table, name, &Algorithm::name);
  return row == Table.end() ? nullptr : row;
}

const Algorithm& best_algorithm(const CollectiveQuestion& question, const CollectiveMachine& machine)
{
  const Algorithm* best = &Table.front();
  Seconds least{-1};
  for (const Algorithm& algorithm : Table) {
    if (algorithm.problem(question))
      continue;
    const CollectivePlan plan = algorithm.plan(question);
    const ProtocolSpec* protocol = best_protocol(plan, machine, algorithm.name);
    if (protocol == nullptr)
      continue;
    const Seconds time = expected_time(plan, *protocol, machine);
    if (least.count() < 0 || time < least) {
      least = time;
      best = &algorithm;
    }
  }
  return *best;
}

}  // namespace cm::models
