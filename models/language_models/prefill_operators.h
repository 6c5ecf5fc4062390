// The operators of one prefill layer on one die, and the bytes between them. Attention is split three ways
// (arXiv:2506.12708v2 4.3.1): the packed sequence is cut evenly over the dies for everything that works token by token;
// latents are gathered by all dies; each die then attends for its own heads over the whole sequence, with keys and
// values projected up (not absorbed); the outputs go back to the dies of their tokens.
//
// A query token and a token that it attends to cost 2 * (nope + rotary + value) FLOPs a head. What goes to an INT8
// product crosses the fabric as INT8; latents of the KV cache stay BF16.
#pragma once

#include "models/language_models/decode_operators.h"

#include <optional>
#include <string>

namespace cm::models {

// A microbatch in one layer, as one die sees it.
struct PrefillShare {
  std::int64_t ranks = 1;            // dies of the instance
  std::int64_t tokens = 0;           // new tokens that this die holds
  std::int64_t cached = 0;           // reused tokens whose latents this die holds
  std::int64_t all_tokens = 0;       // new tokens of the instance
  std::int64_t all_cached = 0;       // reused tokens of the instance
  std::int64_t query_key_pairs = 0;  // sum over all new tokens of the tokens that they attend to
};

// Two rounds of: project down, send to every other die, project up. While one crosses the fabric the other computes.
struct PrefillLatent {
  std::vector<Operator> down;  // own tokens
  Bytes gathered;              // sent by this die to every other one
  std::vector<Operator> up;    // all tokens, own heads
};

struct PrefillAttention {
  PrefillLatent key_value;
  PrefillLatent query;
  Operator heads;   // attention of the own heads; puts out what the output projection takes
  Bytes exchanged;  // results of own heads, for each token to the die that holds it
  Operator output;  // own tokens
};

PrefillAttention prefill_attention(const ModelSpec& model, Quantisation quantisation, const PrefillShare& share);

// Empty when the model's heads can be cut over so many dies; else what is wrong.
std::optional<std::string> prefill_problem(const ModelSpec& model, std::int64_t ranks);

// One row of dispatch on the wire: as the decode kernels send it, quantised with a slot for scale and metadata.
Bytes dispatch_row(const ModelSpec& model, Quantisation quantisation, const DieSpec& die);

// Copies of rows in a die's memory before and after an exchange: by destination rank, by expert, back, and the weighted
// sum of a token's answers.
Operator route(const ModelSpec& model, std::int64_t tokens, std::int64_t rows);
Operator pack_for_dispatch(const ModelSpec& model, std::int64_t tokens, std::int64_t rows, Bytes row);
Operator sort_by_expert(const ModelSpec& model, Quantisation quantisation, std::int64_t rows, Bytes row);
Operator pack_for_combine(const ModelSpec& model, std::int64_t rows);
Operator accumulate(const ModelSpec& model, std::int64_t tokens, std::int64_t rows);

// Routed rows at a die's experts as grouped products.
Operator grouped_experts(const ModelSpec& model, Quantisation quantisation, std::int64_t rows, std::int64_t experts);

}  // namespace cm::models
