// Demand of a collective operation: how many bytes every rank owes every other. Who carries them in which order is the
// algorithm's part (collective_table.h).
#pragma once

#include "sim/units/quantity.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace cm::models {

enum class Operation { AllToAll, AllGather, ReduceScatter, AllReduce, Broadcast, Permutation, Incast, FanOut };

struct CollectiveQuestion {
  Operation operation = Operation::AllToAll;
  std::uint32_t ranks = 2;            // at least 2
  std::uint32_t ranks_per_group = 1;  // consecutive ranks with a shorter way to each other: those of one node
  // A pair's message; the share of one rank in all-gather and reduce-scatter; the whole vector in all-reduce and
  // broadcast.
  Bytes bytes{1};
  double hot_factor = 1;   // all-to-all: rank 0 receives so many times the bytes of a pair from every other rank
  std::uint64_t seed = 1;  // draws the permutation

  friend bool operator==(const CollectiveQuestion&, const CollectiveQuestion&) = default;
};

struct OperationRow {
  Operation operation;
  std::string_view name;
  std::string_view sentence;  // for --help
  bool has_vector = false;    // `bytes` is a whole vector, of which a rank's share is a part
  bool is_exchange = false;   // every message is for one rank only
};

std::span<const OperationRow> operation_table();
const OperationRow& row_of(Operation operation);
std::optional<Operation> find_operation(std::string_view name);

// Bytes that any rank owes rank `to` in an exchange of pairs.
Bytes pair_bytes(const CollectiveQuestion& question, std::uint32_t to);

// The part of the vector that `rank` reduces or hands on. The shares of a vector add up to it.
Bytes share_of(const CollectiveQuestion& question, std::uint32_t rank);

// Bytes that the busiest rank sends or receives at least, whatever the algorithm.
Bytes least_bytes(const CollectiveQuestion& question);

}  // namespace cm::models
