#include "models/collectives/unfused_kernels.h"

#include <algorithm>

namespace cm::models {
namespace {

constexpr std::int64_t CountBytes = 4;  // a 32-bit integer

// One kernel on the vector cores that reads and writes so many bytes.
Reordering pass(const DieSpec& die, Bytes traffic)
{
  return {die.compute.vector_operator + traffic / die.usable_hbm_bandwidth(), traffic};
}

Reordering pass_of_rows(const DieSpec& die, int cores, std::int64_t rows, Bytes traffic)
{
  Reordering plan = pass(die, traffic);
  plan.time = std::max(plan.time, die.compute.vector_operator + row_copies(die, cores, rows));
  return plan;
}

}  // namespace

Bytes counts_message(std::int64_t slots_per_rank)
{
  return Bytes(CountBytes * slots_per_rank);
}

Bytes unfused_row(const DieSpec& die, Bytes row, bool quantised)
{
  return quantised ? Bytes(row.count() / 2) + die.exchange.slot : row;
}

const ProtocolSpec* protocol_of_exchange(const DieSpec& die, BytesPerSecond lanes, Bytes bytes, std::int64_t peers)
{
  const ProtocolSpec* best = nullptr;
  for (const ProtocolSpec& protocol : die.protocols) {
    const bool is_made_for_it = bytes >= protocol.from && bytes <= protocol.up_to;
    if (is_made_for_it &&
        (best == nullptr || exchange_time(protocol, lanes, bytes, peers) < exchange_time(*best, lanes, bytes, peers)))
      best = &protocol;
  }
  return best;
}

Seconds exchange_time(const ProtocolSpec& protocol, BytesPerSecond lanes, Bytes bytes, std::int64_t peers)
{
  return protocol.launch + bytes / std::min(protocol.rate, lanes) + protocol.message * static_cast<double>(peers) +
         protocol.step;
}

Reordering plan_counting(const DieSpec& die, std::int64_t rows)
{
  return pass(die, Bytes(CountBytes * rows));
}

Reordering plan_permutation(const DieSpec& die, int cores, std::int64_t rows, Bytes row, Bytes wire)
{
  return pass_of_rows(die, cores, rows, row * rows + wire * rows);
}

Reordering plan_grouping(const DieSpec& die, int cores, std::int64_t rows, Bytes wire)
{
  return pass_of_rows(die, cores, rows, wire * (2 * rows));
}

Reordering plan_weighing(const DieSpec& die, std::int64_t tokens, std::int64_t rows_per_token, Bytes row)
{
  return pass(die, row * (tokens * (rows_per_token + 1)));
}

}  // namespace cm::models
