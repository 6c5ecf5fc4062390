// The unfused exchange as a plan: three all-to-alls of a communication library with kernels between them that put rows
// in order, each a pass over the HBM, and a host that learns the sizes of the second all-to-all only after the first.
// Source: arXiv:2506.12708v2 4.2.1, the basic flow; docs/models/unfused-exchange.md.
#pragma once

#include "models/collectives/fused_kernels.h"

namespace cm::models {

// Message to one peer before rows are sent: a count for each of its slots.
Bytes counts_message(std::int64_t slots_per_rank);

// A row of the second all-to-all. Quantised rows bring their scale, others nothing.
Bytes unfused_row(const DieSpec& die, Bytes row, bool quantised);

// The protocol of the die's collectives that is expected to end an all-to-all first in which every rank sends and
// receives `bytes`, in `peers` messages (as models/collectives/protocol_choice.h, for ranks that are all alike). Null
// when none is made for as many bytes. `lanes`: of a die, all together.
const ProtocolSpec* protocol_of_exchange(const DieSpec& die, BytesPerSecond lanes, Bytes bytes, std::int64_t peers);
Seconds exchange_time(const ProtocolSpec& protocol, BytesPerSecond lanes, Bytes bytes, std::int64_t peers);

// Counts the rows for each expert.
Reordering plan_counting(const DieSpec& die, std::int64_t rows);

// Copies each token's hidden state into the send buffer, once for every row, quantising on the way where `wire` is
// smaller. Moving a row takes `cores` vector cores as long as it takes fused dispatch, and the pass at least as long as
// its bytes take the HBM.
Reordering plan_permutation(const DieSpec& die, int cores, std::int64_t rows, Bytes row, Bytes wire);

// Puts `rows` of `wire` bytes in another order: received ones by expert, the experts' outputs by source.
Reordering plan_grouping(const DieSpec& die, int cores, std::int64_t rows, Bytes wire);

// Weighs and adds up the rows that came back for each token.
Reordering plan_weighing(const DieSpec& die, std::int64_t tokens, std::int64_t rows_per_token, Bytes row);

}  // namespace cm::models
