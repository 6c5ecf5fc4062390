// DeepSeek-R1 as its published configuration describes it.
#pragma once

#include "models/language_models/architecture.h"

namespace cm::tests {

inline models::ModelSpec deepseek_r1()
{
  models::ModelSpec model;
  model.name = "deepseek-r1";
  model.layers = 61;
  model.dense_layers = 3;
  model.hidden = 7168;
  model.vocabulary = 129280;
  model.max_position = 163840;
  model.dense_intermediate = 18432;
  model.attention = models::LatentAttention{.heads = 128,
                                            .q_lora_rank = 1536,
                                            .kv_lora_rank = 512,
                                            .nope_head_dim = 128,
                                            .rope_head_dim = 64,
                                            .v_head_dim = 128};
  model.routed_experts = 256;
  model.shared_experts = 1;
  model.top_k = 8;
  model.expert_intermediate = 2048;
  model.mtp_layers = 1;
  return model;
}

}  // namespace cm::tests
