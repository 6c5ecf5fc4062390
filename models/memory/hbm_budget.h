// Does a decode deployment fit the HBM of a die? The sum is kept apart so that a refusal can show its arithmetic.
// Source of the terms: arXiv:2506.12708v2 4.2.1 (buffers), 5.1 (deployment).
#pragma once

#include "models/language_models/architecture.h"
#include "models/language_models/decode_operators.h"
#include "models/parts/die_spec.h"

#include <cstdint>
#include <functional>
#include <string>

namespace cm::models {

struct DecodeDeployment {
  std::int64_t ranks = 0;
  std::int64_t slots_per_rank = 0;    // 0 for a dense model
  std::int64_t shared_copies = 0;     // all ranks together; a copy holds all shared experts of the model
  std::int64_t tensor_parallel = 1;   // dies that share one batch, its heads and its dense feed-forward
  std::int64_t requests_per_die = 0;  // with their cache in the die, whole or in part
  std::int64_t longest_kv = 0;        // tokens that a request's cache must have room for
  std::int64_t tokens_per_die = 0;    // dispatched by the die
  bool shared_on_every_rank = false;  // all shared experts of the model, beside the slots
  bool with_mtp = false;
  Quantisation quantisation = Quantisation::Int8;
};

struct HbmBudget {
  Bytes attention_weights;
  Bytes expert_weights;
  Bytes dense_weights;
  Bytes embedding_weights;
  Bytes mtp_weights;
  Bytes exchange_buffers;
  Bytes kv_cache;
  Bytes reserved;
  Bytes capacity;

  [[nodiscard]] Bytes total() const;
  [[nodiscard]] bool fits() const { return total() <= capacity; }
  // "attention 11.41 + experts 2.55 + ... = 103.43 GB of the 64.00 GB of a die"
  [[nodiscard]] std::string text() const;
};

// "37.79 of 64.00 GB of HBM on the fullest die".
std::string fill_text(const HbmBudget& budget);

// The largest number from 1 to `most` whose budget fits; 0 when none does. Requires budgets that grow with it.
std::int64_t largest_that_fits(std::int64_t most, const std::function<HbmBudget(std::int64_t)>& budget);

// HBM budget of the fullest die. Requires a model that divides over the tensor-parallel dies.
HbmBudget hbm_budget(const ModelSpec& model, const DieSpec& die, const DecodeDeployment& deployment);

}  // namespace cm::models
