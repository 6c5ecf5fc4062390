#include "models/memory/hbm_budget.h"
#include "tests/support/deepseek_r1.h"
#include "tests/support/round_die.h"
#include "tests/support/small_llama.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::models;
using cm::tests::deepseek_r1;
using cm::tests::round_die;
using cm::tests::small_llama;

namespace {

DecodeDeployment published()
{
  return {.ranks = 320,
          .slots_per_rank = 1,
          .requests_per_die = 48,
          .longest_kv = 4096 + 256,
          .tokens_per_die = 48,
          .with_mtp = true,
          .quantisation = Quantisation::Int8};
}

HbmBudget budget(const DecodeDeployment& deployment)
{
  return hbm_budget(deepseek_r1(), round_die(), deployment);
}

}  // namespace

TEST_CASE("the terms of the budget are those of the deployment")
{
  const HbmBudget b = budget(published());
  CHECK(b.attention_weights.count() == 61LL * 187'105'280);
  CHECK(b.expert_weights.count() == 58LL * 44'040'192);
  CHECK(b.dense_weights.count() == 3LL * 396'361'728);
  CHECK(b.embedding_weights.count() == 2LL * 2 * 926'679'040);
  CHECK(b.mtp_weights.count() == 187'105'280LL + 44'040'192 + 2LL * 7168 * 7168);
  CHECK(b.kv_cache.count() == 1152LL * 62 * 48 * 4352);
  CHECK(b.exchange_buffers.count() == 320LL * 48 * 1 * (7680 + 14336));
  CHECK(b.reserved == round_die().reserved);
  CHECK(b.total() == b.attention_weights + b.expert_weights + b.dense_weights + b.embedding_weights + b.mtp_weights +
                         b.exchange_buffers + b.kv_cache + b.reserved);
  CHECK(b.fits());
}

TEST_CASE("the budget fits to the last byte and not beyond")
{
  HbmBudget b = budget(published());
  b.capacity = b.total();
  CHECK(b.fits());
  b.capacity -= 1_B;
  CHECK_FALSE(b.fits());
}

TEST_CASE("shared experts on every rank are weights beside the slots")
{
  DecodeDeployment deployment = published();
  deployment.shared_on_every_rank = true;
  CHECK(budget(deployment).expert_weights == budget(published()).expert_weights * 2);
  CHECK(budget(deployment).mtp_weights - budget(published()).mtp_weights == Bytes(44'040'192));
  CHECK(budget(deployment).exchange_buffers == budget(published()).exchange_buffers);
}

TEST_CASE("the largest number that fits is exact")
{
  const auto of_requests = [](std::int64_t requests) {
    DecodeDeployment deployment = published();
    deployment.requests_per_die = requests;
    deployment.tokens_per_die = requests;
    return budget(deployment);
  };
  const std::int64_t largest = largest_that_fits(4800, of_requests);
  CHECK(largest > 48);
  CHECK(of_requests(largest).fits());
  CHECK_FALSE(of_requests(largest + 1).fits());
  CHECK(largest_that_fits(largest, of_requests) == largest);
  CHECK(largest_that_fits(1, of_requests) == 1);
  const auto never = [](std::int64_t requests) {
    HbmBudget full;
    full.kv_cache = Bytes(requests);
    return full;
  };
  CHECK(largest_that_fits(100, never) == 0);
}

TEST_CASE("long contexts and large batches do not fit")
{
  DecodeDeployment deployment = published();
  deployment.longest_kv = 131'072;
  CHECK_FALSE(budget(deployment).fits());
  deployment = published();
  deployment.requests_per_die = 480;
  CHECK_FALSE(budget(deployment).fits());
}

TEST_CASE("BF16 weights take twice the room and without MTP there is none for it")
{
  DecodeDeployment deployment = published();
  deployment.quantisation = Quantisation::Bf16;
  CHECK(budget(deployment).expert_weights == budget(published()).expert_weights * 2);
  deployment = published();
  deployment.with_mtp = false;
  CHECK(budget(deployment).mtp_weights == 0_B);
  CHECK(budget(deployment).kv_cache.count() == 1152LL * 61 * 48 * 4352);
}

TEST_CASE("the arithmetic of a budget can be shown")
{
  const std::string text = budget(published()).text();
  CHECK_THAT(text, Catch::StartsWith("attention 11.41 + experts 2.55 + dense 1.19"));
  CHECK_THAT(text, Catch::EndsWith("GB of the 64.00 GB of a die"));
}

TEST_CASE("a die of a tensor-parallel group holds its share of the weights and of the cache")
{
  const ModelSpec model = small_llama();
  DecodeDeployment deployment{.ranks = 8, .requests_per_die = 32, .longest_kv = 1000, .tokens_per_die = 32};
  const HbmBudget whole = hbm_budget(model, round_die(), deployment);
  deployment.tensor_parallel = 8;
  const HbmBudget part = hbm_budget(model, round_die(), deployment);
  CHECK(part.attention_weights * 8 == whole.attention_weights);
  CHECK(part.dense_weights * 8 == whole.dense_weights);
  CHECK(part.embedding_weights * 8 == whole.embedding_weights);
  CHECK(part.kv_cache * 8 == whole.kv_cache);
  CHECK(whole.expert_weights == 0_B);
  CHECK(whole.exchange_buffers == 0_B);
  // All weights together are those of the model.
  CHECK((whole.attention_weights + whole.dense_weights).count() + whole.embedding_weights.count() / 2 ==
        total_parameters(model));
}

TEST_CASE("a slot with shared experts holds all of them")
{
  ModelSpec model = deepseek_r1();
  DecodeDeployment deployment = published();
  deployment.shared_copies = 32;
  const Bytes one = hbm_budget(model, round_die(), deployment).expert_weights;
  model.shared_experts = 2;
  CHECK(hbm_budget(model, round_die(), deployment).expert_weights == one * 2);
  deployment.shared_copies = 0;
  CHECK(hbm_budget(model, round_die(), deployment).expert_weights == one);
}
