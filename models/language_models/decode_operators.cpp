#include "models/language_models/decode_operators.h"

namespace cm::models {
namespace {

Unit gemm_unit(Quantisation quantisation)
{
  switch (quantisation) {
  case Quantisation::Int8: return Unit::Int8Gemm;
  case Quantisation::Fp8: return Unit::Fp8Gemm;
  case Quantisation::Bf16: break;
  }
  return Unit::Bf16Gemm;
}

// A matrix product of `tokens` rows with weights read once; activations come in as weights do and leave as BF16.
Operator product(std::string_view name, Quantisation quantisation, std::int64_t parameters, std::int64_t tokens,
                 std::int64_t in_width, std::int64_t out_width, int kernels)
{
  const std::int64_t weight = weight_bytes(quantisation);
  return {.name = name,
          .unit = gemm_unit(quantisation),
          .work = Flops(2.0 * static_cast<double>(parameters) * static_cast<double>(tokens)),
          .traffic = Bytes(parameters * weight + tokens * (in_width * weight + out_width * 2)),
          .static_costs = kernels};
}

// Absorbed: queries meet the latent itself, so values come out as wide as the latent. mla_prolog and o_proj together
// hold all parameters of the layer's attention.
std::vector<Operator> operators(const LatentAttention& a, const ModelSpec& model, Quantisation quantisation,
                                const DecodeBatch& batch)
{
  const std::int64_t tokens = batch.query_tokens;
  const std::int64_t absorbed_value = a.heads * a.v_head_dim * a.kv_lora_rank;
  const std::int64_t prolog = attention_parameters(model) - absorbed_value - a.heads * a.v_head_dim * model.hidden;
  const std::int64_t output = absorbed_value + a.heads * a.v_head_dim * model.hidden;

  Operator attention{.name = "attention", .unit = Unit::Attention};
  attention.work = Flops(2.0 * static_cast<double>(a.heads) * static_cast<double>(a.latent() + a.kv_lora_rank) *
                         static_cast<double>(batch.query_kv_pairs));
  attention.traffic = Bytes(batch.kv_tokens * kv_bytes_per_token_and_layer(model).count() +
                            2 * tokens * a.heads * (a.latent() + a.kv_lora_rank));
  return {product("mla_prolog", quantisation, prolog, tokens, model.hidden, a.heads * a.latent(), 1), attention,
          product("o_proj", quantisation, output, tokens, a.heads * a.kv_lora_rank, model.hidden, 1)};
}

std::vector<Operator> operators(const GroupedAttention& a, const ModelSpec& model, Quantisation quantisation,
                                const DecodeBatch& batch)
{
  const std::int64_t tokens = batch.query_tokens;
  const std::int64_t width = a.heads * a.head_dim;
  const std::int64_t projected = width + 2 * a.kv_heads * a.head_dim;

  Operator attention{.name = "attention", .unit = Unit::Attention};
  attention.work = Flops(4.0 * static_cast<double>(width) * static_cast<double>(batch.query_kv_pairs));
  attention.traffic = Bytes(batch.kv_tokens * kv_bytes_per_token_and_layer(model).count() + 2 * tokens * 2 * width);
  return {product("qkv_proj", quantisation, model.hidden * projected, tokens, model.hidden, projected, 1), attention,
          product("o_proj", quantisation, width * model.hidden, tokens, width, model.hidden, 1)};
}

// Numbers of a query token between the products: query latent, queries as projected and as they meet the cache, answers
// in latent space and as values.
std::int64_t attention_width(const LatentAttention& a)
{
  return a.q_lora_rank + a.heads * (a.nope_head_dim + a.rope_head_dim + a.latent() + a.kv_lora_rank + a.v_head_dim);
}

// Queries, keys, values and answers.
std::int64_t attention_width(const GroupedAttention& a)
{
  return 2 * (a.heads + a.kv_heads) * a.head_dim;
}

// Numbers are read and written once, in BF16.
Operator small_kernels(const ModelSpec& model, std::int64_t tokens, int kernels)
{
  // The hidden state is normed, quantised and added to the residual.
  const std::int64_t width =
      3 * model.hidden + std::visit([](const auto& attention) { return attention_width(attention); }, model.attention);
  const std::int64_t numbers = tokens * width;
  return {.name = "small kernels",
          .unit = Unit::Vector,
          .work = Flops(0),
          .traffic = Bytes(4 * numbers),
          .static_costs = kernels,
          .elements = static_cast<double>(numbers)};
}

}  // namespace

std::int64_t weight_bytes(Quantisation quantisation)
{
  return quantisation == Quantisation::Bf16 ? 2 : 1;
}

std::vector<Operator> attention_operators(const ModelSpec& model, Quantisation quantisation, const DecodeBatch& batch)
{
  return std::visit([&](const auto& attention) { return operators(attention, model, quantisation, batch); },
                    model.attention);
}

std::vector<Operator> attention_operators(const ModelSpec& model, Quantisation quantisation, const DecodeBatch& batch,
                                          const DieSpec& die)
{
  std::vector<Operator> operators = attention_operators(model, quantisation, batch);
  if (die.compute.attention_kernels > 0)
    operators.insert(operators.begin() + 1, small_kernels(model, batch.query_tokens, die.compute.attention_kernels));
  return operators;
}

Operator gate_operator(const ModelSpec& model, std::int64_t tokens)
{
  const std::int64_t parameters = router_parameters(model);
  return {.name = "gate",
          .unit = Unit::Bf16Gemm,
          .work = Flops(2.0 * static_cast<double>(parameters) * static_cast<double>(tokens)),
          .traffic = Bytes(2 * parameters + 6 * tokens * model.hidden),
          .static_costs = 1};
}

Operator expert_operator(const ModelSpec& model, Quantisation quantisation, std::int64_t tokens,
                         std::int64_t experts_touched)
{
  Operator op = product("mlp", quantisation, expert_parameters(model), tokens, model.hidden, model.hidden, 2);
  const Bytes one = Bytes(expert_parameters(model) * weight_bytes(quantisation));
  op.traffic += one * (experts_touched - 1);
  // The inner activations go out after the first product and come back quantised.
  op.traffic += Bytes(tokens * model.expert_intermediate * (4 + 2 * weight_bytes(quantisation)));
  return op;
}

Operator dense_ffn_operator(const ModelSpec& model, Quantisation quantisation, std::int64_t tokens)
{
  Operator op = product("dense_ffn", quantisation, dense_ffn_parameters(model), tokens, model.hidden, model.hidden, 2);
  op.traffic += Bytes(tokens * model.dense_intermediate * (4 + 2 * weight_bytes(quantisation)));
  return op;
}

Operator head_operator(const ModelSpec& model, std::int64_t tokens)
{
  return product("head", Quantisation::Bf16, embedding_parameters(model), tokens, model.hidden, model.vocabulary, 1);
}

Operator mtp_projection_operator(const ModelSpec& model, Quantisation quantisation, std::int64_t tokens)
{
  return product("mtp_projection", quantisation, 2 * model.hidden * model.hidden, tokens, 2 * model.hidden,
                 model.hidden, 1);
}

}  // namespace cm::models
