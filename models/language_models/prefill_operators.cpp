#include "models/language_models/prefill_operators.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::models {
namespace {

Operator on_vector_cores(std::string_view name, std::int64_t bytes, std::int64_t elements = 0)
{
  return {.name = name,
          .unit = Unit::Vector,
          .work = Flops(0),
          .traffic = Bytes(bytes),
          .static_costs = 1,
          .elements = static_cast<double>(elements)};
}

Unit product_unit(Quantisation quantisation)
{
  switch (quantisation) {
  case Quantisation::Int8: return Unit::Int8Gemm;
  case Quantisation::Fp8: return Unit::Fp8Gemm;
  case Quantisation::Bf16: break;
  }
  return Unit::Bf16Gemm;
}

struct Shape {
  std::int64_t in = 0;
  std::int64_t out = 0;
};

// Weights are read once; activations come in as weights do and leave as BF16.
Operator product(std::string_view name, Quantisation quantisation, Shape shape, std::int64_t tokens)
{
  const std::int64_t value = weight_bytes(quantisation);
  const std::int64_t parameters = shape.in * shape.out;
  return {.name = name,
          .unit = product_unit(quantisation),
          .work = Flops(2.0 * static_cast<double>(parameters) * static_cast<double>(tokens)),
          .traffic = Bytes(parameters * value + tokens * (shape.in * value + shape.out * 2)),
          .static_costs = 1};
}

Operator norm(const ModelSpec& model, Quantisation quantisation, std::int64_t tokens)
{
  return on_vector_cores("norm", tokens * model.hidden * (2 + weight_bytes(quantisation)));
}

// Attention heads of one die.
struct Heads {
  std::int64_t query = 0;
  std::int64_t key_value = 0;
  std::int64_t key_size = 0;
  std::int64_t value_size = 0;
};

// Scores and weighted values; keys and values of all tokens are read once.
Operator attention_of(const Heads& heads, const PrefillShare& share)
{
  const std::int64_t size = heads.key_size + heads.value_size;
  return {.name = "attention",
          .unit = Unit::PrefillAttention,
          .work = Flops(2.0 * static_cast<double>(heads.query * size) * static_cast<double>(share.query_key_pairs)),
          .traffic = Bytes(2 * size *
                           (heads.query * share.all_tokens + heads.key_value * (share.all_tokens + share.all_cached))),
          .static_costs = 1};
}

PrefillAttention stages(const LatentAttention& a, const ModelSpec& model, Quantisation quantisation,
                        const PrefillShare& share)
{
  const std::int64_t value = weight_bytes(quantisation);
  const std::int64_t heads = a.heads / share.ranks;
  const std::int64_t key = a.nope_head_dim + a.rope_head_dim;
  const std::int64_t all = share.all_tokens + share.all_cached;
  PrefillAttention plan;
  plan.key_value.down = {norm(model, quantisation, share.tokens),
                         product("key_value_latent", quantisation, {model.hidden, a.latent()}, share.tokens)};
  plan.key_value.gathered = Bytes((share.tokens + share.cached) * a.latent() * 2);
  plan.key_value.up = {
      product("keys_values", quantisation, {a.kv_lora_rank, heads * (a.nope_head_dim + a.v_head_dim)}, all)};
  // Without a latent of the queries the hidden state itself goes round.
  const std::int64_t query_input = a.q_lora_rank > 0 ? a.q_lora_rank : model.hidden;
  if (a.q_lora_rank > 0)
    plan.query.down = {product("query_latent", quantisation, {model.hidden, a.q_lora_rank}, share.tokens)};
  plan.query.gathered = Bytes(share.tokens * query_input * value);
  plan.query.up = {product("queries", quantisation, {query_input, heads * key}, share.all_tokens)};
  plan.heads = attention_of({heads, heads, key, a.v_head_dim}, share);
  plan.exchanged = Bytes(heads * a.v_head_dim * value);
  plan.output = product("o_proj", quantisation, {a.heads * a.v_head_dim, model.hidden}, share.tokens);
  return plan;
}

// Keys and values are cached by head, on the die that attends with them: only hidden states go round.
PrefillAttention stages(const GroupedAttention& a, const ModelSpec& model, Quantisation quantisation,
                        const PrefillShare& share)
{
  const std::int64_t value = weight_bytes(quantisation);
  const std::int64_t heads = a.heads / share.ranks;
  const std::int64_t kv_heads = std::max<std::int64_t>(1, a.kv_heads / share.ranks);
  PrefillAttention plan;
  plan.key_value.down = {norm(model, quantisation, share.tokens)};
  plan.key_value.gathered = Bytes(share.tokens * model.hidden * value);
  plan.key_value.up = {
      product("keys_values", quantisation, {model.hidden, 2 * kv_heads * a.head_dim}, share.all_tokens)};
  plan.query.up = {product("queries", quantisation, {model.hidden, heads * a.head_dim}, share.all_tokens)};
  plan.heads = attention_of({heads, kv_heads, a.head_dim, a.head_dim}, share);
  plan.exchanged = Bytes(heads * a.head_dim * value);
  plan.output = product("o_proj", quantisation, {a.heads * a.head_dim, model.hidden}, share.tokens);
  return plan;
}

}  // namespace

PrefillAttention prefill_attention(const ModelSpec& model, Quantisation quantisation, const PrefillShare& share)
{
  return std::visit([&](const auto& attention) { return stages(attention, model, quantisation, share); },
                    model.attention);
}

std::optional<std::string> prefill_problem(const ModelSpec& model, std::int64_t ranks)
{
  const std::int64_t heads = std::visit([](const auto& attention) { return attention.heads; }, model.attention);
  if (ranks <= 0 || heads % ranks == 0)
    return std::nullopt;
  std::int64_t below = ranks;
  while (heads % below != 0)
    --below;
  return fmt::format(
      "{} attention heads do not divide over {} dies; the nearest number below that they divide over is {}", heads,
      ranks, below);
}

Bytes dispatch_row(const ModelSpec& model, Quantisation quantisation, const DieSpec& die)
{
  return quantisation == Quantisation::Bf16 ? Bytes(2 * model.hidden) : Bytes(model.hidden) + die.exchange.slot;
}

// Scores of all experts are read; numbers and weights of the chosen ones are written.
Operator route(const ModelSpec& model, std::int64_t tokens, std::int64_t rows)
{
  constexpr std::int64_t Score = 4;
  return on_vector_cores("route", tokens * model.routed_experts * Score + 2 * rows * Score, rows * model.hidden);
}

Operator pack_for_dispatch(const ModelSpec& model, std::int64_t tokens, std::int64_t rows, Bytes row)
{
  return on_vector_cores("pack_for_dispatch", tokens * model.hidden * 2 + rows * row.count(), rows * model.hidden);
}

Operator sort_by_expert(const ModelSpec& model, Quantisation quantisation, std::int64_t rows, Bytes row)
{
  return on_vector_cores("sort_by_expert", rows * (row.count() + model.hidden * weight_bytes(quantisation)),
                         rows * model.hidden);
}

Operator pack_for_combine(const ModelSpec& model, std::int64_t rows)
{
  return on_vector_cores("pack_for_combine", rows * model.hidden * 4, rows * model.hidden);
}

// Routed answers, the shared expert's and the residual are read, the sum is written.
Operator accumulate(const ModelSpec& model, std::int64_t tokens, std::int64_t rows)
{
  return on_vector_cores("accumulate", (rows + 3 * tokens) * model.hidden * 2, rows * model.hidden);
}

Operator grouped_experts(const ModelSpec& model, Quantisation quantisation, std::int64_t rows, std::int64_t experts)
{
  Operator op = expert_operator(model, quantisation, rows, experts);
  op.is_grouped = true;
  return op;
}

}  // namespace cm::models
