// Rows that the dies of a tensor-parallel group exchange and add up around attention and the feed-forward: every die
// writes straight to every other one, all at once.
//
//   reduce-scatter   each die has a partial sum of all rows and gets the whole sum of its own piece
//   all-gather       each die has its own piece and gets all of them
//   all-reduce       one after the other
//
// A die sends (d - 1) pieces in either phase, 2 (d - 1) / d of the rows in an all-reduce of d dies: the least that a
// reduce-scatter and an all-gather can do (Thakur et al., 2005), in two steps instead of 2 (d - 1) of a ring, since
// small rows are bound by steps.
#pragma once

#include "models/compute/roofline.h"

#include <cstdint>

namespace cm::models {

enum class TensorOperation { AllReduce, ReduceScatter, AllGather };

struct TensorTask {
  TensorOperation operation = TensorOperation::AllReduce;
  std::int64_t tokens = 0;  // the group's batch: every die knows or needs all of them
  Bytes row;                // one token's hidden state
  std::int64_t members = 1;
};

// Tokens that belong to a member of a group: as even as it goes, the first ones taking the odd ones.
std::int64_t token_share(std::int64_t tokens, std::int64_t members, std::int64_t member);

// The piece of a member, in bytes: its rows; in an all-reduce, which need not keep rows whole, an even part of all.
Bytes piece_of(const TensorTask& task, std::int64_t member);

// Adds up a piece of every member, one's own included.
Operator reduction_operator(Bytes piece, std::int64_t members);

}  // namespace cm::models
