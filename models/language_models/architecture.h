// A decoder-only language model as its configuration file describes it: the kind of attention, dense and
// mixture-of-experts layers, and what follows from them: parameters and bytes of the KV cache.
#pragma once

#include "models/experts/load_profile.h"
#include "sim/config/reader.h"
#include "sim/units/quantity.h"

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace cm::models {

// Multi-head latent attention: one latent and one rotary part per token are cached for all heads.
struct LatentAttention {
  std::int64_t heads = 0;
  std::int64_t q_lora_rank = 0;  // 0: queries are projected directly
  std::int64_t kv_lora_rank = 0;
  std::int64_t nope_head_dim = 0;
  std::int64_t rope_head_dim = 0;
  std::int64_t v_head_dim = 0;

  // Values that a query meets per cached token: the latent and the rotary part.
  [[nodiscard]] std::int64_t latent() const { return kv_lora_rank + rope_head_dim; }
  friend bool operator==(const LatentAttention&, const LatentAttention&) = default;
};

// Grouped-query attention: groups of query heads share a key and a value head. As many of these as query heads is
// multi-head attention, one is multi-query attention.
struct GroupedAttention {
  std::int64_t heads = 0;
  std::int64_t kv_heads = 0;
  std::int64_t head_dim = 0;

  friend bool operator==(const GroupedAttention&, const GroupedAttention&) = default;
};

using AttentionSpec = std::variant<LatentAttention, GroupedAttention>;

struct ModelSpec {
  std::string name;
  std::int64_t layers = 0;
  std::int64_t dense_layers = 0;  // the first ones
  std::int64_t hidden = 0;
  std::int64_t vocabulary = 0;
  std::int64_t max_position = 0;        // tokens of the longest context
  std::int64_t dense_intermediate = 0;  // 0 when there are no dense layers
  AttentionSpec attention;
  std::int64_t routed_experts = 0;  // 0: a dense model
  std::int64_t shared_experts = 0;
  std::int64_t top_k = 0;
  std::int64_t expert_intermediate = 0;
  std::int64_t mtp_layers = 0;
  LoadProfile expert_load;  // measured
  Seconds step_overhead;    // per iteration: sampling, scheduling, graph launch that do not overlap
  // Feature that the model needs and cmsim does not simulate: position, key and reason. Empty for a model that can be
  // run.
  std::string not_modelled;

  [[nodiscard]] std::int64_t moe_layers() const { return layers - dense_layers; }
  [[nodiscard]] bool has_experts() const { return routed_experts > 0; }
  friend bool operator==(const ModelSpec&, const ModelSpec&) = default;
};

// `model` is the whole model file; finish() is called here.
ModelSpec read_model(sim::config::Reader& model);

// Parameter counts; norms and biases, a few thousandths of a percent, are left out.
std::int64_t attention_parameters(const ModelSpec& model);  // one layer
std::int64_t expert_parameters(const ModelSpec& model);     // one expert of one layer
std::int64_t router_parameters(const ModelSpec& model);     // one MoE layer
std::int64_t dense_ffn_parameters(const ModelSpec& model);  // one dense layer
std::int64_t embedding_parameters(const ModelSpec& model);  // embedding or head
// All layers, routers, embedding and head, without the MTP layers. `active`: the experts of one token only.
std::int64_t total_parameters(const ModelSpec& model);
std::int64_t active_parameters(const ModelSpec& model);

// KV bytes of one token in one layer, BF16.
Bytes kv_bytes_per_token_and_layer(const ModelSpec& model);

}  // namespace cm::models
