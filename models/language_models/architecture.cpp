#include "models/language_models/architecture.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::models {

using sim::config::Reader;

namespace {

LatentAttention read_attention(Reader attention)
{
  LatentAttention spec;
  enum class Type { Mla } kind = Type::Mla;
  attention.choice({"type", "kind of attention"}, kind, {{"mla", Type::Mla}}, true);
  attention.required({"heads", "query heads", 1.0, 4096.0}, spec.heads);
  attention.required({"q_lora_rank", "rank of the query's down projection", 1.0, 65536.0}, spec.q_lora_rank);
  attention.required({"kv_lora_rank", "rank of the latent that is cached", 1.0, 65536.0}, spec.kv_lora_rank);
  attention.required({"qk_nope_head_dim", "head size without rotary position", 1.0, 4096.0}, spec.nope_head_dim);
  attention.required({"qk_rope_head_dim", "head size with rotary position", 1.0, 4096.0}, spec.rope_head_dim);
  attention.required({"v_head_dim", "value head size", 1.0, 4096.0}, spec.v_head_dim);
  attention.finish();
  return spec;
}

// Keys "rank_0", "rank_1", ...: load over the mean of the expert at that place when experts are sorted by load.
std::vector<std::pair<double, double>> read_expert_load(Reader load, std::int64_t experts)
{
  std::vector<std::pair<double, double>> profile;
  for (std::int64_t rank = 0; rank < experts; ++rank) {
    const std::string key = fmt::format("rank_{}", rank);
    if (!load.has(key))
      continue;
    double value = 0;
    load.required({key, "load over the mean of the expert at this place in the order of load", 1e-6, 1e6}, value);
    if (value > 0)
      profile.emplace_back(static_cast<double>(rank) / static_cast<double>(std::max<std::int64_t>(1, experts - 1)),
                           value);
  }
  load.finish();
  return profile;
}

}  // namespace

ModelSpec read_model(Reader& model)
{
  ModelSpec spec;
  model.required({"name", "what results call the model"}, spec.name);
  model.required({"layers", "decoder layers, without those for multi-token prediction", 1.0, 1000.0}, spec.layers);
  model.required({"dense_layers", "how many of them, the first ones, have a dense feed-forward", 0.0, 1000.0},
                 spec.dense_layers);
  model.required({"hidden_size", "width of the residual stream", 1.0, 1e6}, spec.hidden);
  model.required({"vocab_size", "tokens of the vocabulary", 1.0, 1e7}, spec.vocabulary);
  model.required({"dense_intermediate_size", "inner width of a dense feed-forward", 1.0, 1e7}, spec.dense_intermediate);
  spec.attention = read_attention(model.section({"attention", "attention of every layer"}));
  Reader moe = model.section({"moe", "mixture of experts"});
  moe.required({"routed_experts", "experts that the gate chooses from", 1.0, 65536.0}, spec.routed_experts);
  moe.required({"shared_experts", "experts that every token visits", 0.0, 1.0}, spec.shared_experts);
  moe.required({"top_k", "routed experts of a token", 1.0, 256.0}, spec.top_k);
  moe.required({"expert_intermediate_size", "inner width of an expert", 1.0, 1e6}, spec.expert_intermediate);
  if (spec.top_k > spec.routed_experts && spec.routed_experts > 0)
    moe.complain("top_k", "more experts per token than there are routed experts");
  if (moe.has("expert_load"))
    spec.expert_load =
        read_expert_load(moe.section({"expert_load", "measured load of the experts"}), spec.routed_experts);
  moe.finish();
  model.required({"mtp_layers", "layers for multi-token prediction", 0.0, 8.0}, spec.mtp_layers);
  model.required({"step_overhead", "sampling, scheduling and launch that an iteration does not overlap", 0.0, 1.0},
                 spec.step_overhead);
  if (spec.layers > 0 && spec.dense_layers > spec.layers)
    model.complain("dense_layers", "more dense layers than layers");
  model.finish();
  return spec;
}

std::int64_t attention_parameters(const ModelSpec& model)
{
  const LatentAttention& a = model.attention;
  const std::int64_t query =
      model.hidden * a.q_lora_rank + a.q_lora_rank * a.heads * (a.nope_head_dim + a.rope_head_dim);
  const std::int64_t key_value =
      model.hidden * (a.kv_lora_rank + a.rope_head_dim) + a.kv_lora_rank * a.heads * (a.nope_head_dim + a.v_head_dim);
  return query + key_value + a.heads * a.v_head_dim * model.hidden;
}

std::int64_t expert_parameters(const ModelSpec& model)
{
  return 3 * model.hidden * model.expert_intermediate;
}

std::int64_t dense_ffn_parameters(const ModelSpec& model)
{
  return 3 * model.hidden * model.dense_intermediate;
}

std::int64_t embedding_parameters(const ModelSpec& model)
{
  return model.vocabulary * model.hidden;
}

Bytes kv_bytes_per_token_and_layer(const ModelSpec& model)
{
  return Bytes(2 * (model.attention.kv_lora_rank + model.attention.rope_head_dim));
}

}  // namespace cm::models
