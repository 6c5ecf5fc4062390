#include "models/language_models/decode_operators.h"
#include "models/language_models/tensor_share.h"
#include "tests/support/deepseek_r1.h"
#include "tests/support/small_llama.h"

#include <catch2/catch.hpp>

#include <string>

using namespace cm;
using namespace cm::models;
using cm::tests::deepseek_r1;
using cm::tests::small_llama;

TEST_CASE("a group of one die has the whole model")
{
  CHECK(tensor_share(deepseek_r1(), 1) == deepseek_r1());
  CHECK(tensor_share(small_llama(), 1) == small_llama());
}

TEST_CASE("grouped-query attention splits all of its parameters while there are key and value heads enough")
{
  const ModelSpec model = small_llama();  // 32 heads, 8 key and value heads
  for (const std::int64_t dies : {2, 4, 8}) {
    const ModelSpec share = tensor_share(model, dies);
    CHECK(attention_parameters(share) * dies == attention_parameters(model));
    CHECK(dense_ffn_parameters(share) * dies == dense_ffn_parameters(model));
    CHECK(kv_bytes_per_token_and_layer(share) * dies == kv_bytes_per_token_and_layer(model));
  }
}

TEST_CASE("with fewer key and value heads than dies each die holds one")
{
  const ModelSpec model = small_llama();
  const ModelSpec share = tensor_share(model, 16);
  CHECK(kv_bytes_per_token_and_layer(share) == kv_bytes_per_token_and_layer(tensor_share(model, 8)));
  // Queries and output are split sixteen ways, keys and values eight ways.
  CHECK(attention_parameters(share) == 4096LL * 128 * (2 * 32 / 16 + 2));
}

TEST_CASE("latent attention splits heads and keeps the latent whole")
{
  const ModelSpec model = deepseek_r1();
  const ModelSpec share = tensor_share(model, 8);
  CHECK(kv_bytes_per_token_and_layer(share) == kv_bytes_per_token_and_layer(model));
  const std::int64_t down = 7168LL * (1536 + 512 + 64);
  CHECK((attention_parameters(share) - down) * 8 == attention_parameters(model) - down);
  CHECK(expert_parameters(share) == expert_parameters(model));
}

TEST_CASE("work of the shares adds up to the work of the model")
{
  const ModelSpec model = small_llama();
  const ModelSpec share = tensor_share(model, 4);
  const DecodeBatch batch{.requests = 8, .query_tokens = 8, .kv_tokens = 8 * 1000, .query_kv_pairs = 8 * 1000};
  const auto whole = attention_operators(model, Quantisation::Bf16, batch);
  const auto part = attention_operators(share, Quantisation::Bf16, batch);
  REQUIRE(part.size() == whole.size());
  for (std::size_t i = 0; i < part.size(); ++i)
    CHECK(part[i].work.count() * 4 == Approx(whole[i].work.count()));
  CHECK(dense_ffn_operator(share, Quantisation::Bf16, 8).work.count() * 4 ==
        dense_ffn_operator(model, Quantisation::Bf16, 8).work.count());
}

TEST_CASE("a number of dies that does not divide the model is told with its neighbours")
{
  CHECK(tensor_problem(deepseek_r1(), 64) == std::nullopt);
  CHECK(*tensor_problem(deepseek_r1(), 3) ==
        "128 heads do not divide over 3 dies; the nearest number that the model divides over is 2 or 4");
  CHECK_THAT(*tensor_problem(deepseek_r1(), 256), Catch::EndsWith("divides over is 128"));
  ModelSpec model = small_llama();
  std::get<GroupedAttention>(model.attention) = {.heads = 96, .kv_heads = 8, .head_dim = 128};
  CHECK_THAT(*tensor_problem(model, 12), Catch::StartsWith("8 key and value heads do not divide over 12 dies"));
  model = small_llama();
  model.dense_intermediate = 14'332;
  CHECK_THAT(*tensor_problem(model, 8), Catch::StartsWith("a dense feed-forward 14332 wide does not divide over 8"));
}

TEST_CASE("the vocabulary is rounded up")
{
  ModelSpec model = small_llama();
  model.vocabulary = 1001;
  CHECK(tensor_share(model, 8).vocabulary == 126);
}
