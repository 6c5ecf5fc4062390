#include "models/language_models/architecture.h"
#include "tests/support/deepseek_r1.h"

#include <catch2/catch.hpp>

#include <string>

using namespace cm;
using namespace cm::models;
using namespace cm::sim::config;
using cm::tests::deepseek_r1;

namespace {

struct Read {
  ModelSpec model;
  std::string problems;
};

Read read(const std::string& changes = {})
{
  Value value = load_file(CM_SOURCE_DIR "/configs/models/deepseek-r1.yaml");
  if (!changes.empty())
    merge(value, parse_text("changes.yaml", changes));
  ReadingLog log;
  Reader reader(value, "model", log);
  Read result{read_model(reader), {}};
  for (const std::string& problem : log.problems)
    result.problems += problem + "\n";
  return result;
}

}  // namespace

TEST_CASE("parameter counts of DeepSeek-R1 are those of its published weights")
{
  const ModelSpec model = deepseek_r1();
  CHECK(attention_parameters(model) == 187'105'280);
  CHECK(expert_parameters(model) == 44'040'192);
  CHECK(dense_ffn_parameters(model) == 396'361'728);
  CHECK(embedding_parameters(model) == 926'679'040);
  // All of it: 671 billion, routers included.
  const std::int64_t moe_layer = 257 * expert_parameters(model) + model.hidden * model.routed_experts;
  const std::int64_t all = 61 * attention_parameters(model) + 3 * dense_ffn_parameters(model) + 58 * moe_layer +
                           2 * embedding_parameters(model);
  CHECK(static_cast<double>(all) == Approx(671e9).epsilon(0.001));
}

TEST_CASE("a cached token takes the latent and the rotary part in every layer")
{
  CHECK(kv_bytes_per_token_and_layer(deepseek_r1()) == 1152_B);
}

TEST_CASE("the shipped model is the published one")
{
  const Read shipped = read();
  CHECK(shipped.problems.empty());
  ModelSpec model = shipped.model;
  CHECK(model.moe_layers() == 58);
  CHECK(model.expert_load.size() == 10);
  // Fields that no configuration of the model sets.
  model.step_overhead = Seconds();
  model.expert_load = {};
  CHECK(model == deepseek_r1());
}

TEST_CASE("a model that contradicts itself is refused")
{
  CHECK_THAT(read("moe: {top_k: 257}").problems, Catch::Contains("changes.yaml:1:14: model.moe.top_k"));
  CHECK_THAT(read("dense_layers: 62").problems, Catch::Contains("changes.yaml:1:15: model.dense_layers"));
  CHECK_THAT(read("attention: {type: linear}").problems, Catch::Contains("model.attention.type"));
  CHECK_THAT(read("attention: {type: gqa}").problems,
             Catch::Contains("model.attention.kv_heads") && Catch::Contains("model.attention.kv_lora_rank"));
  CHECK_THAT(read("moe: {expert_load: {rank_256: 0.1}}").problems, Catch::Contains("rank_256"));
  CHECK_THAT(read("moe: {expert_load: {groups: 7}}").problems,
             Catch::Contains("expected a number that divides the 256 experts, found 7"));
}

TEST_CASE("more than one layer for multi-token prediction is not modelled, and says so")
{
  CHECK(read("mtp_layers: 1").model.not_modelled.empty());
  CHECK(read("mtp_layers: 0").model.not_modelled.empty());
  const Read three = read("mtp_layers: 3");
  CHECK(three.problems.empty());
  CHECK_THAT(three.model.not_modelled, Catch::StartsWith("changes.yaml:1:13: model.mtp_layers: 3 layers") &&
                                           Catch::Contains("model.mtp_layers=1"));
}

TEST_CASE("keys that a model has no use for may be left out, the others not")
{
  const auto problems_of = [](const std::string& text) {
    const Value value = parse_text("model.yaml", text);
    ReadingLog log;
    Reader reader(value, "model", log);
    read_model(reader);
    std::string all;
    for (const std::string& problem : log.problems)
      all += problem + "\n";
    return all;
  };
  const std::string common =
      "{name: x, layers: 4, hidden_size: 64, vocab_size: 100, max_position: 4096, mtp_layers: 0, "
      "step_overhead: 1 ms, attention: {type: mha, heads: 4, head_dim: 16}, ";
  const std::string dense = "dense_layers: 4, dense_intermediate_size: 256}";
  const std::string moe = "moe: {routed_experts: 8, shared_experts: 0, top_k: 2, expert_intermediate_size: 128}";
  CHECK(problems_of(common + dense) == "");
  CHECK(problems_of(common + "dense_intermediate_size: 256}") == "");
  CHECK(problems_of(common + "dense_layers: 0, " + moe + "}") == "");
  CHECK_THAT(problems_of(common + "dense_layers: 4}"), Catch::Contains("model.dense_intermediate_size: expected"));
  CHECK_THAT(problems_of(common + "dense_layers: 3, dense_intermediate_size: 256}"), Catch::Contains("model.moe"));
  CHECK_THAT(problems_of(common + "dense_layers: 4, dense_intermediate_size: 256, tokenizer: x}"),
             Catch::Contains("model.tokenizer"));
}

TEST_CASE("as many key and value heads as query heads are multi-head attention")
{
  const Read multi_head = read("{attention: {type: mha}}");
  CHECK_THAT(multi_head.problems, Catch::Contains("head_dim"));
  ModelSpec model = deepseek_r1();
  model.attention = GroupedAttention{.heads = 8, .kv_heads = 8, .head_dim = 64};
  CHECK(attention_parameters(model) == 4LL * 7168 * 8 * 64);
  CHECK(kv_bytes_per_token_and_layer(model).count() == 2LL * 2 * 8 * 64);
}

TEST_CASE("queries may be projected without a rank")
{
  ModelSpec model = deepseek_r1();
  const std::int64_t with_rank = attention_parameters(model);
  std::get<LatentAttention>(model.attention).q_lora_rank = 0;
  CHECK(attention_parameters(model) - with_rank == 7168LL * 128 * 192 - (7168LL * 1536 + 1536LL * 128 * 192));
}
