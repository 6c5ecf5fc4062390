#include "models/language_models/decode_operators.h"
#include "tests/support/deepseek_r1.h"
#include "tests/support/small_llama.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::models;
using cm::tests::deepseek_r1;

namespace {

constexpr std::int64_t Latent = 512 + 64;

DecodeBatch batch(std::int64_t requests, std::int64_t kv, std::int64_t queries_per_request = 1)
{
  return {.requests = requests,
          .query_tokens = requests * queries_per_request,
          .kv_tokens = requests * kv,
          .query_kv_pairs = requests * queries_per_request * kv};
}

}  // namespace

TEST_CASE("attention costs 278,528 FLOPs for a query token and a cached token")
{
  const auto flops = [](const DecodeBatch& b) {
    return attention_operators(deepseek_r1(), Quantisation::Int8, b).at(1).work.count();
  };
  CHECK(flops(batch(1, 1)) == 278'528);
  CHECK(flops(batch(48, 4096)) == 48.0 * 4096 * 278'528);
  // Two query tokens of a request attend to the same cache.
  CHECK(flops(batch(48, 4096, 2)) == 2 * flops(batch(48, 4096)));
}

TEST_CASE("attention reads a cached token once for all heads and query tokens")
{
  const auto bytes = [](const DecodeBatch& b) {
    return attention_operators(deepseek_r1(), Quantisation::Int8, b).at(1).traffic.count();
  };
  CHECK(bytes(batch(1, 4097)) - bytes(batch(1, 4096)) == 1152);
  const std::int64_t per_query = 2 * 128 * (Latent + 512);
  CHECK(bytes(batch(1, 4096, 2)) - bytes(batch(1, 4096)) == per_query);
}

TEST_CASE("projections of attention hold all of its parameters")
{
  const ModelSpec model = deepseek_r1();
  const auto operators = attention_operators(model, Quantisation::Int8, batch(1, 1));
  REQUIRE(operators.size() == 3);
  const double flops = operators[0].work.count() + operators[2].work.count();
  CHECK(flops == 2.0 * static_cast<double>(attention_parameters(model)));
}

TEST_CASE("small kernels of attention work on all numbers between its products, and cost a launch each")
{
  const ModelSpec model = deepseek_r1();
  DieSpec die;
  CHECK(attention_operators(model, Quantisation::Int8, batch(3, 4096, 2), die).size() == 3);
  die.compute.attention_kernels = 8;
  const auto operators = attention_operators(model, Quantisation::Int8, batch(3, 4096, 2), die);
  REQUIRE(operators.size() == 4);
  const Operator& small = operators[1];
  CHECK(small.unit == Unit::Vector);
  CHECK(small.static_costs == 8);
  // Of a token: the hidden state three times, the queries' latent, and for each head 192 of a query, 576 and 512 in
  // latent space, 128 of a value.
  const double numbers = 3 * 2 * (3 * 7168 + 1536 + 128 * (192 + 576 + 512 + 128));
  CHECK(small.elements == numbers);
  CHECK(static_cast<double>(small.traffic.count()) == 4 * numbers);
}

TEST_CASE("BF16 weights weigh twice what INT8 weights do and run on the other unit")
{
  const ModelSpec model = deepseek_r1();
  const Operator int8 = expert_operator(model, Quantisation::Int8, 0, 1);
  const Operator bf16 = expert_operator(model, Quantisation::Bf16, 0, 1);
  CHECK(int8.traffic.count() == expert_parameters(model));
  CHECK(bf16.traffic.count() == 2 * expert_parameters(model));
  CHECK(int8.unit == Unit::Int8Gemm);
  CHECK(bf16.unit == Unit::Bf16Gemm);
}

TEST_CASE("weights of every expert that is touched are read once")
{
  const ModelSpec model = deepseek_r1();
  const auto traffic = [&](std::int64_t tokens, std::int64_t experts) {
    return expert_operator(model, Quantisation::Int8, tokens, experts).traffic.count();
  };
  CHECK(traffic(100, 3) - traffic(100, 2) == expert_parameters(model));
  // Work grows with the tokens and not with the experts.
  CHECK(expert_operator(model, Quantisation::Int8, 100, 3).work ==
        expert_operator(model, Quantisation::Int8, 100, 1).work);
  CHECK(expert_operator(model, Quantisation::Int8, 100, 1).work.count() ==
        200.0 * static_cast<double>(expert_parameters(model)));
}

TEST_CASE("the other operators do two FLOPs for a parameter and token")
{
  const ModelSpec model = deepseek_r1();
  CHECK(dense_ffn_operator(model, Quantisation::Int8, 10).work.count() ==
        20.0 * static_cast<double>(dense_ffn_parameters(model)));
  CHECK(head_operator(model, 10).work.count() == 20.0 * static_cast<double>(embedding_parameters(model)));
  CHECK(gate_operator(model, 10).work.count() == 20.0 * 7168 * 256);
  CHECK(mtp_projection_operator(model, Quantisation::Int8, 10).work.count() == 20.0 * 2 * 7168 * 7168);
  CHECK(head_operator(model, 10).unit == Unit::Bf16Gemm);
}

TEST_CASE("grouped-query attention costs 4 FLOPs for a query value and a cached token, and reads a token once")
{
  const ModelSpec model = cm::tests::small_llama();
  const auto attention = [&](const DecodeBatch& b) { return attention_operators(model, Quantisation::Int8, b).at(1); };
  CHECK(attention(batch(1, 1)).work.count() == 4.0 * 32 * 128);
  CHECK(attention(batch(3, 1000, 2)).work.count() == 3 * 2 * 1000 * 4.0 * 32 * 128);
  CHECK((attention(batch(1, 4097)).traffic - attention(batch(1, 4096)).traffic).count() == 2 * 2 * 8 * 128);
  const auto operators = attention_operators(model, Quantisation::Int8, batch(1, 1));
  CHECK(operators[0].work.count() + operators[2].work.count() ==
        2.0 * static_cast<double>(attention_parameters(model)));
}

TEST_CASE("FP8 weights take the room of INT8 and run on their own unit")
{
  const Operator fp8 = expert_operator(deepseek_r1(), Quantisation::Fp8, 10, 1);
  CHECK(fp8.unit == Unit::Fp8Gemm);
  CHECK(fp8.traffic == expert_operator(deepseek_r1(), Quantisation::Int8, 10, 1).traffic);
}
