// How many rows each rank sends to the experts of each other rank, when all that matters is how many.
#pragma once

#include "models/experts/gate.h"
#include "models/experts/placement.h"
#include "sim/units/quantity.h"

#include <cstdint>
#include <vector>

namespace cm::workloads {

struct ExpertRows {
  std::vector<std::int64_t> rows;      // [source * ranks + destination], rows for the rank itself included
  std::vector<std::int64_t> received;  // [rank], rows from itself included
  std::vector<std::int64_t> sent;      // [rank], rows to itself included
  // [(source * ranks + destination) * expert_lanes + lane]; empty where lanes do not go by experts.
  std::vector<std::int64_t> lane_rows{};
};

// Every token of every rank chooses `top_k` of the routed experts. The rows of a source for an expert are dealt evenly
// to the expert's copies, each source starting at another one. Equal arguments and streams in equal state give equal
// rows. With `expert_lanes` a row for expert e takes lane e modulo so many.
ExpertRows draw_rows(const models::Gate& gate, const models::Placement& placement, std::uint32_t top_k,
                     const std::vector<std::int64_t>& tokens, sim::RandomStream& random,
                     std::uint32_t expert_lanes = 0);

// Bytes that these rows, or those that come back for them, take on each lane: [(source * ranks + destination) * lanes +
// lane] of the bytes' own way. Empty where lanes do not go by experts.
std::vector<std::int64_t> bytes_by_lane(const ExpertRows& rows, Bytes row, bool is_way_back);

}  // namespace cm::workloads
