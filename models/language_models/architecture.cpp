#include "models/language_models/architecture.h"

namespace cm::models {
namespace {

std::int64_t parameters(const LatentAttention& a, std::int64_t hidden)
{
  const std::int64_t query_width = a.heads * (a.nope_head_dim + a.rope_head_dim);
  const std::int64_t query =
      a.q_lora_rank > 0 ? hidden * a.q_lora_rank + a.q_lora_rank * query_width : hidden * query_width;
  const std::int64_t key_value = hidden * a.latent() + a.kv_lora_rank * a.heads * (a.nope_head_dim + a.v_head_dim);
  return query + key_value + a.heads * a.v_head_dim * hidden;
}

std::int64_t parameters(const GroupedAttention& a, std::int64_t hidden)
{
  return hidden * a.head_dim * (2 * a.heads + 2 * a.kv_heads);
}

// Values that a token leaves in the cache of a layer.
std::int64_t cached_values(const LatentAttention& a)
{
  return a.latent();
}

std::int64_t cached_values(const GroupedAttention& a)
{
  return 2 * a.kv_heads * a.head_dim;
}

std::int64_t parameters_with(const ModelSpec& model, std::int64_t experts)
{
  return model.layers * attention_parameters(model) + model.dense_layers * dense_ffn_parameters(model) +
         model.moe_layers() * (experts * expert_parameters(model) + router_parameters(model)) +
         2 * embedding_parameters(model);
}

}  // namespace

std::int64_t attention_parameters(const ModelSpec& model)
{
  return std::visit([&](const auto& attention) { return parameters(attention, model.hidden); }, model.attention);
}

std::int64_t expert_parameters(const ModelSpec& model)
{
  return 3 * model.hidden * model.expert_intermediate;
}

std::int64_t router_parameters(const ModelSpec& model)
{
  return model.hidden * model.routed_experts;
}

std::int64_t dense_ffn_parameters(const ModelSpec& model)
{
  return 3 * model.hidden * model.dense_intermediate;
}

std::int64_t embedding_parameters(const ModelSpec& model)
{
  return model.vocabulary * model.hidden;
}

std::int64_t total_parameters(const ModelSpec& model)
{
  return parameters_with(model, model.routed_experts + model.shared_experts);
}

std::int64_t active_parameters(const ModelSpec& model)
{
  return parameters_with(model, model.top_k + model.shared_experts);
}

Bytes kv_bytes_per_token_and_layer(const ModelSpec& model)
{
  return Bytes(2 * std::visit([](const auto& attention) { return cached_values(attention); }, model.attention));
}

}  // namespace cm::models
