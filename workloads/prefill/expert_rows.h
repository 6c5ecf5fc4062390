// How many rows each rank sends to the experts of each other rank, when all that matters is how many.
#pragma once

#include "models/experts/gate.h"
#include "models/experts/placement.h"

#include <cstdint>
#include <vector>

namespace cm::workloads {

struct ExpertRows {
  std::vector<std::int64_t> rows;      // [source * ranks + destination], rows for the rank itself included
  std::vector<std::int64_t> received;  // [rank], rows from itself included
  std::vector<std::int64_t> sent;      // [rank], rows to itself included
};

// Every token of every rank chooses `top_k` of the routed experts. The rows of a source for an expert are dealt evenly
// to the expert's copies, each source starting at another one. Equal arguments and streams in equal state give equal
// rows.
ExpertRows draw_rows(const models::Gate& gate, const models::Placement& placement, std::uint32_t top_k,
                     const std::vector<std::int64_t>& tokens, sim::RandomStream& random);

}  // namespace cm::workloads
