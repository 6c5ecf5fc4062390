#include "models/experts/copy_choice.h"

#include <algorithm>

namespace cm::models {
namespace {

constexpr std::uint64_t RoutedPerRedundant = 8;

std::uint64_t divided_up(std::uint64_t number, std::uint64_t by)
{
  return (number + by - 1) / by;
}

// A token sends top-k rows to routed experts and one to each shared expert of a copy.
std::uint64_t shared_wanted(const CopyQuestion& q)
{
  if (q.shared_copies)
    return *q.shared_copies;
  if (q.shared_experts == 0)
    return 0;
  const std::uint64_t rows_of_all = std::uint64_t{q.ranks} * q.top_k;
  const std::uint64_t served = rows_of_all / (std::uint64_t{q.routed} * q.shared_experts);
  return divided_up(q.ranks, std::max<std::uint64_t>(1, served));
}

CopyNumbers choose_both(const CopyQuestion& q)
{
  std::uint64_t shared = shared_wanted(q);
  const std::uint64_t eighth = divided_up(q.routed, RoutedPerRedundant);
  const std::uint64_t bare = divided_up(q.routed + shared, q.ranks);
  const std::uint64_t full = divided_up(q.routed + shared + eighth, q.ranks);
  const std::uint64_t slots = (3 * full <= 4 * bare ? full : bare) * q.ranks;
  std::uint64_t left = slots - q.routed - shared;
  if (!q.shared_copies && shared > 0 && left >= eighth + (q.ranks - shared)) {
    left -= q.ranks - shared;
    shared = q.ranks;
  }
  return {static_cast<std::uint32_t>(left), static_cast<std::uint32_t>(shared)};
}

}  // namespace

CopyNumbers choose_copies(const CopyQuestion& q)
{
  if (q.ranks == 0 || q.routed == 0)
    return {q.redundant.value_or(0), q.shared_copies.value_or(0)};
  if (!q.redundant)
    return choose_both(q);
  if (q.shared_copies || q.shared_experts == 0)
    return {*q.redundant, q.shared_copies.value_or(0)};
  return {*q.redundant, q.ranks - (q.routed + *q.redundant) % q.ranks};
}

std::uint32_t nearest_redundant(const SlotSpec& spec)
{
  const std::uint32_t over = spec.slots() % spec.ranks;
  const bool can_shrink = over <= spec.redundant;
  return can_shrink && over <= spec.ranks - over ? spec.redundant - over : spec.redundant + (spec.ranks - over);
}

}  // namespace cm::models
