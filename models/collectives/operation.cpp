#include "models/collectives/operation.h"

#include "sim/diagnostics/ensure.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace cm::models {
namespace {

constexpr std::array<OperationRow, 8> Table{{
    {Operation::AllToAll, "all-to-all", "every rank sends a message of its own to every other", false, true},
    {Operation::AllGather, "all-gather", "every rank's share reaches every other", false, false},
    {Operation::ReduceScatter, "reduce-scatter", "every rank ends with the sum of one share of all ranks", false,
     false},
    {Operation::AllReduce, "all-reduce", "every rank ends with the sum of all ranks' vectors", true, false},
    {Operation::Broadcast, "broadcast", "rank 0's vector reaches every other rank", true, false},
    {Operation::Permutation, "permutation", "every rank sends to one other, along a random cycle", false, true},
    {Operation::Incast, "incast", "every other rank sends to rank 0", false, true},
    {Operation::FanOut, "fan-out", "rank 0 sends a message of its own to every other rank", false, true},
}};

}  // namespace

std::span<const OperationRow> operation_table()
{
  return Table;
}

const OperationRow& row_of(Operation operation)
{
  const auto* const row = std::ranges::find(Table, operation, &OperationRow::operation);
  ensure(row != Table.end(), "an operation without a row");
  return *row;
}

std::optional<Operation> find_operation(std::string_view name)
{
  const auto* const row = std::ranges::find(Table, name, &OperationRow::name);
  return row == Table.end() ? std::nullopt : std::optional(row->operation);
}

Bytes pair_bytes(const CollectiveQuestion& question, std::uint32_t to)
{
  if (question.operation != Operation::AllToAll || to != 0)
    return question.bytes;
  return Bytes(std::llround(static_cast<double>(question.bytes.count()) * question.hot_factor));
}

Bytes share_of(const CollectiveQuestion& question, std::uint32_t rank)
{
  if (!row_of(question.operation).has_vector)
    return question.bytes;
  const std::int64_t ranks = question.ranks;
  return Bytes(question.bytes.count() * (rank + 1) / ranks - question.bytes.count() * rank / ranks);
}

Bytes least_bytes(const CollectiveQuestion& question)
{
  const std::int64_t others = std::int64_t{question.ranks} - 1;
  switch (question.operation) {
  case Operation::AllToAll: return std::max(pair_bytes(question, 0), question.bytes) * others;
  case Operation::AllReduce: return Bytes(2 * others * question.bytes.count() / question.ranks);
  case Operation::Broadcast:
  case Operation::Permutation: return question.bytes;
  case Operation::AllGather:
  case Operation::ReduceScatter:
  case Operation::Incast:
  case Operation::FanOut: break;
  }
  return question.bytes * others;
}

}  // namespace cm::models
