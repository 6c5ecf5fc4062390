// The operators of one decode iteration on one die: what each computes and moves. A cached token is read once for all
// heads and query tokens of its request. It costs a query token
//   latent attention, absorbed (queries meet the cached latent directly)   2 * heads * (2 * latent + rotary) FLOPs
//   grouped-query and multi-head attention                                 4 * heads * head size FLOPs
// Source of the operator list: arXiv:2506.12708v2 4.2.2, 4.2.3.
#pragma once

#include "models/compute/roofline.h"
#include "models/language_models/architecture.h"

#include <vector>

namespace cm::models {

enum class Quantisation { Int8, Fp8, Bf16 };

// Bytes of one weight, and of one value of a row that is dispatched.
std::int64_t weight_bytes(Quantisation quantisation);

// The part of a batch that one die decodes in one microbatch.
struct DecodeBatch {
  std::int64_t requests = 0;
  std::int64_t query_tokens = 0;    // requests * (1 + speculative tokens)
  std::int64_t kv_tokens = 0;       // sum of the requests' KV lengths
  std::int64_t query_kv_pairs = 0;  // sum over query tokens of the KV tokens they attend to
};

// Projections in, attention, projection out, in order.
std::vector<Operator> attention_operators(const ModelSpec& model, Quantisation quantisation, const DecodeBatch& batch);
// The same as the die's engine runs them: with its small kernels between products and attention (norms, rotary, cache
// write, quantisation, slices), whose vector work is one pass over what goes into attention and what comes out.
std::vector<Operator> attention_operators(const ModelSpec& model, Quantisation quantisation, const DecodeBatch& batch,
                                          const DieSpec& die);

// Norm and router of a MoE layer.
Operator gate_operator(const ModelSpec& model, std::int64_t tokens);

// `tokens` at `experts_touched` experts whose weights are read once.
Operator expert_operator(const ModelSpec& model, Quantisation quantisation, std::int64_t tokens,
                         std::int64_t experts_touched);

Operator dense_ffn_operator(const ModelSpec& model, Quantisation quantisation, std::int64_t tokens);

// The final projection to the vocabulary, BF16.
Operator head_operator(const ModelSpec& model, std::int64_t tokens);

// Operator that the MTP layer has beside a decoder layer: the projection of two concatenated hidden states to one.
Operator mtp_projection_operator(const ModelSpec& model, Quantisation quantisation, std::int64_t tokens);

}  // namespace cm::models
