// The fused dispatch and combine kernels of a die as a plan: what is sent how fast, and what the cores do before and
// after. The times between are the fabric's. Source: arXiv:2506.12708v2 4.2.1; docs/models/expert-exchange.md.
#pragma once

#include "models/parts/die_spec.h"

namespace cm::models {

struct ExchangePlan {
  Bytes message;              // one row on the wire
  BytesPerSecond issue_rate;  // all messages of the sending cores together
  Seconds before_send;
  Seconds pause;  // the write engine rests after each message, for acknowledgements that come late
};

// A row of dispatch on the wire. `row`: BF16.
Bytes fused_row(const DieSpec& die, Bytes row, bool quantised);

// `cores`: vector cores that the kernel runs on. `row`: BF16. `extra_round_trip`: by how much a write to the furthest
// peer and its acknowledgement take longer than inside a node.
ExchangePlan plan_dispatch(const DieSpec& die, int cores, Bytes row, bool quantised, Seconds extra_round_trip);
ExchangePlan plan_combine(const DieSpec& die, int cores, Bytes row, Seconds extra_round_trip);

// Dispatch, from the fence to the flags leaving.
Seconds flag_delay(const DieSpec& die);

// Time that `cores` vector cores together take to copy so many rows to their places.
Seconds row_copies(const DieSpec& die, int cores, std::int64_t rows);

// Dispatch, after the barrier: counts of all peers, prefix sum, copy of `received` rows to their places.
struct Reordering {
  Seconds time;
  Bytes traffic;
};
Reordering plan_reordering(const DieSpec& die, int cores, std::int64_t peers, std::int64_t received, Bytes message);

// Combine, after a die's last message has come: each core gathers the rows of its last token.
Reordering plan_gather(const DieSpec& die, int cores, std::int64_t tokens, std::int64_t rows_per_token, Bytes row);

}  // namespace cm::models
