#include "models/language_models/architecture.h"

#include <fmt/format.h>

#include <algorithm>

namespace cm::models {

using sim::config::Reader;

namespace {

LatentAttention read_latent(Reader& attention)
{
  LatentAttention spec;
  attention.required({"heads", "query heads", 1.0, 4096.0}, spec.heads);
  attention.required(
      {"q_lora_rank", "rank of the query's down projection; 0: queries are projected directly", 0.0, 65536.0},
      spec.q_lora_rank);
  attention.required({"kv_lora_rank", "rank of the latent that is cached", 1.0, 65536.0}, spec.kv_lora_rank);
  attention.required({"qk_nope_head_dim", "head size without rotary position", 1.0, 4096.0}, spec.nope_head_dim);
  attention.required({"qk_rope_head_dim", "head size with rotary position", 1.0, 4096.0}, spec.rope_head_dim);
  attention.required({"v_head_dim", "value head size", 1.0, 4096.0}, spec.v_head_dim);
  return spec;
}

GroupedAttention read_grouped(Reader& attention, bool is_multi_head)
{
  GroupedAttention spec;
  attention.required({"heads", "query heads", 1.0, 4096.0}, spec.heads);
  if (is_multi_head)
    spec.kv_heads = spec.heads;
  else
    attention.required({"kv_heads", "key and value heads, each shared by heads / kv_heads query heads", 1.0, 4096.0},
                       spec.kv_heads);
  attention.required({"head_dim", "size of a head", 1.0, 4096.0}, spec.head_dim);
  if (spec.kv_heads > 0 && spec.heads % spec.kv_heads != 0)
    attention.complain("kv_heads", fmt::format("{} query heads do not divide over {}", spec.heads, spec.kv_heads));
  return spec;
}

// `not_modelled` is set when queries attend to what an indexer selects.
AttentionSpec read_attention(Reader attention, std::string& not_modelled)
{
  enum class Type { Mla, Gqa, Mha } type = Type::Mla;
  enum class Selection { All, Indexer } selection = Selection::All;
  attention.choice({"type", "kind of attention: latent, grouped-query, multi-head"}, type,
                   {{"mla", Type::Mla}, {"gqa", Type::Gqa}, {"mha", Type::Mha}}, true);
  attention.choice({"selection", "the cached tokens that a query attends to: all, or those that an indexer selects"},
                   selection, {{"all", Selection::All}, {"indexer", Selection::Indexer}});
  if (selection == Selection::Indexer)
    not_modelled = fmt::format("{}: {}.selection: the sparse-attention indexer of this model is not modelled; "
                               "selection: all prices attention to every cached token instead",
                               to_text(attention.position("selection")), attention.path());
  AttentionSpec spec;
  if (type == Type::Mla)
    spec = read_latent(attention);
  else
    spec = read_grouped(attention, type == Type::Mha);
  attention.finish();
  return spec;
}

// Keys "rank_0", "rank_1", ...: load over the mean of the expert at that place when experts are sorted by load.
LoadProfile read_expert_load(Reader load, std::int64_t experts)
{
  LoadProfile profile;
  for (std::int64_t rank = 0; rank < experts; ++rank) {
    const std::string key = fmt::format("rank_{}", rank);
    if (!load.has(key))
      continue;
    double value = 0;
    load.required({key, "load over the mean of the expert at this place in the order of load", 1e-6, 1e6}, value);
    if (value > 0)
      profile.points.emplace_back(
          static_cast<double>(rank) / static_cast<double>(std::max<std::int64_t>(1, experts - 1)), value);
  }
  int groups = 1;
  load.optional({"groups", "groups of experts with neighbouring numbers, whose members are hot together", 1, 65536},
                groups);
  if (groups < 1 || experts % groups != 0)
    load.complain("groups", fmt::format("expected a number that divides the {} experts, found {}", experts, groups));
  else
    profile.groups = static_cast<std::uint32_t>(groups);
  load.optional_fraction({"group_share", "how much of an expert's place in the order of load is its group's"},
                         profile.group_share);
  load.optional_fraction({"drift", "standard deviation of the logarithm of a load over what its planner has counted"},
                         profile.drift);
  load.finish();
  return profile;
}

void read_experts(Reader moe, ModelSpec& spec)
{
  moe.required({"routed_experts", "experts that the gate chooses from", 1.0, 65536.0}, spec.routed_experts);
  moe.required({"shared_experts", "experts that every token visits", 0.0, 64.0}, spec.shared_experts);
  moe.required({"top_k", "routed experts of a token", 1.0, 256.0}, spec.top_k);
  moe.required({"expert_intermediate_size", "inner width of an expert", 1.0, 1e6}, spec.expert_intermediate);
  if (spec.top_k > spec.routed_experts && spec.routed_experts > 0)
    moe.complain("top_k", "more experts per token than there are routed experts");
  if (moe.has("expert_load"))
    spec.expert_load =
        read_expert_load(moe.section({"expert_load", "measured load of the experts"}), spec.routed_experts);
  moe.finish();
}

void read_mtp_layers(Reader& model, ModelSpec& spec)
{
  model.required({"mtp_layers", "layers for multi-token prediction; more than one is not modelled", 0.0, 8.0},
                 spec.mtp_layers);
  if (spec.mtp_layers > 1 && spec.not_modelled.empty())
    spec.not_modelled =
        fmt::format("{}: {}.mtp_layers: {} layers for multi-token prediction are not modelled, only one "
                    "is: weights, KV cache and time of the others would be missing; {}.mtp_layers=1 "
                    "counts the first one alone",
                    to_text(model.position("mtp_layers")), model.path(), spec.mtp_layers, model.path());
}

}  // namespace

ModelSpec read_model(Reader& model)
{
  ModelSpec spec;
  model.required({"name", "name of the model in results"}, spec.name);
  model.required({"layers", "decoder layers, without those for multi-token prediction", 1.0, 1000.0}, spec.layers);
  // A model without experts has dense layers only: their number can then be changed with one key.
  if (model.has("moe") || model.has("dense_layers"))
    model.required(
        {"dense_layers", "how many of them, the first ones, have a dense feed-forward; all without moe", 0.0, 1000.0},
        spec.dense_layers);
  else
    spec.dense_layers = spec.layers;
  model.required({"hidden_size", "width of the residual stream", 1.0, 1e6}, spec.hidden);
  model.required({"vocab_size", "tokens of the vocabulary", 1.0, 1e7}, spec.vocabulary);
  model.required({"max_position", "tokens of the longest context", 1.0, 1e9}, spec.max_position);
  if (spec.dense_layers > 0 || model.has("dense_intermediate_size"))
    model.required({"dense_intermediate_size", "inner width of a dense feed-forward", 1.0, 1e7},
                   spec.dense_intermediate);
  spec.attention = read_attention(model.section({"attention", "attention of every layer"}), spec.not_modelled);
  if (spec.dense_layers < spec.layers || model.has("moe"))
    read_experts(model.section({"moe", "mixture of experts"}), spec);
  read_mtp_layers(model, spec);
  model.required({"step_overhead", "sampling, scheduling and launch that an iteration does not overlap", 0.0, 1.0},
                 spec.step_overhead);
  if (spec.layers > 0 && spec.dense_layers > spec.layers)
    model.complain("dense_layers", "more dense layers than layers");
  model.finish();
  return spec;
}

}  // namespace cm::models
