// A mixture-of-experts language model with multi-head latent attention, as its configuration file describes it.
#pragma once

#include "sim/config/reader.h"
#include "sim/units/quantity.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace cm::models {

struct LatentAttention {
  std::int64_t heads = 0;
  std::int64_t q_lora_rank = 0;
  std::int64_t kv_lora_rank = 0;
  std::int64_t nope_head_dim = 0;
  std::int64_t rope_head_dim = 0;
  std::int64_t v_head_dim = 0;

  friend bool operator==(const LatentAttention&, const LatentAttention&) = default;
};

struct ModelSpec {
  std::string name;
  std::int64_t layers = 0;
  std::int64_t dense_layers = 0;  // the first ones
  std::int64_t hidden = 0;
  std::int64_t vocabulary = 0;
  std::int64_t dense_intermediate = 0;
  LatentAttention attention;
  std::int64_t routed_experts = 0;
  std::int64_t shared_experts = 0;
  std::int64_t top_k = 0;
  std::int64_t expert_intermediate = 0;
  std::int64_t mtp_layers = 0;
  // Measured load of the experts, hottest first: (place in that order as a share of the experts, load over the mean).
  // Empty when nobody has published one.
  std::vector<std::pair<double, double>> expert_load;
  Seconds step_overhead;  // per iteration: sampling, scheduling, graph launch that do not overlap

  [[nodiscard]] std::int64_t moe_layers() const { return layers - dense_layers; }
  friend bool operator==(const ModelSpec&, const ModelSpec&) = default;
};

// `model` is the whole model file; finish() is called here.
ModelSpec read_model(sim::config::Reader& model);

// Parameter counts; norms and biases, a few thousandths of a percent, are left out.
std::int64_t attention_parameters(const ModelSpec& model);  // one layer
std::int64_t expert_parameters(const ModelSpec& model);     // one expert of one layer
std::int64_t dense_ffn_parameters(const ModelSpec& model);  // one dense layer
std::int64_t embedding_parameters(const ModelSpec& model);  // embedding or head

// Of one token in one layer, BF16: the latent and the rotary part.
Bytes kv_bytes_per_token_and_layer(const ModelSpec& model);

}  // namespace cm::models
