// A mixture of experts small enough that a layer is simulated in a millisecond: latent attention, one dense layer.
#pragma once

#include "models/language_models/architecture.h"
#include "tests/support/measured_load.h"

namespace cm::tests {

inline models::ModelSpec small_experts()
{
  models::ModelSpec model;
  model.name = "small experts";
  model.layers = 4;
  model.dense_layers = 1;
  model.hidden = 1024;
  model.vocabulary = 8192;
  model.max_position = 65536;
  model.dense_intermediate = 4096;
  model.attention = models::LatentAttention{
      .heads = 32, .q_lora_rank = 256, .kv_lora_rank = 128, .nope_head_dim = 32, .rope_head_dim = 16, .v_head_dim = 32};
  model.routed_experts = 64;
  model.shared_experts = 1;
  model.top_k = 4;
  model.expert_intermediate = 512;
  model.mtp_layers = 1;
  model.expert_load = measured_load();
  model.step_overhead = 300_us;
  return model;
}

}  // namespace cm::tests
