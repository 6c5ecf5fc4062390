// Llama 3.1 8B as its published configuration describes it: dense, grouped-query attention.
#pragma once

#include "models/language_models/architecture.h"

namespace cm::tests {

inline models::ModelSpec small_llama()
{
  models::ModelSpec model;
  model.name = "llama-3.1-8b";
  model.layers = 32;
  model.dense_layers = 32;
  model.hidden = 4096;
  model.vocabulary = 128256;
  model.max_position = 131072;
  model.dense_intermediate = 14336;
  model.attention = models::GroupedAttention{.heads = 32, .kv_heads = 8, .head_dim = 128};
  return model;
}

}  // namespace cm::tests
