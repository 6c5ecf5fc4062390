#include "models/language_models/prefill_operators.h"
#include "tests/support/deepseek_r1.h"
#include "tests/support/round_die.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::models;
using cm::tests::deepseek_r1;

namespace {

constexpr std::int64_t Ranks = 32;

// One prompt of `tokens` in each of the ranks.
PrefillShare share(std::int64_t tokens, std::int64_t cached = 0)
{
  return {.ranks = Ranks,
          .tokens = tokens,
          .cached = cached,
          .all_tokens = Ranks * tokens,
          .all_cached = Ranks * cached,
          .query_key_pairs = Ranks * (tokens * cached + tokens * (tokens + 1) / 2)};
}

double flops(const std::vector<Operator>& operators)
{
  double sum = 0;
  for (const Operator& op : operators)
    sum += op.work.count();
  return sum;
}

}  // namespace

TEST_CASE("a pair of tokens costs 640 FLOPs a head, and a die has 4 of 128 heads")
{
  const PrefillAttention plan = prefill_attention(deepseek_r1(), Quantisation::Int8, share(4096));
  CHECK(plan.heads.work.count() == 640.0 * 4 * 32 * (4096.0 * 4097 / 2));
}

TEST_CASE("the projections of all dies hold all of the layer's parameters once per token")
{
  const ModelSpec model = deepseek_r1();
  const PrefillAttention plan = prefill_attention(model, Quantisation::Int8, share(100));
  const double all = Ranks * (flops(plan.key_value.down) + flops(plan.key_value.up) + flops(plan.query.down) +
                              flops(plan.query.up) + plan.output.work.count());
  CHECK(all == 2.0 * static_cast<double>(attention_parameters(model)) * 100 * Ranks);
}

TEST_CASE("without quantisation a token's latents are 4,224 bytes and a head's output 256 bytes")
{
  const PrefillAttention plan = prefill_attention(deepseek_r1(), Quantisation::Bf16, share(10));
  CHECK((plan.key_value.gathered + plan.query.gathered).count() == 10 * 4224);
  CHECK(plan.exchanged.count() == 4 * 256);
}

TEST_CASE("what an INT8 product takes crosses the fabric as INT8 and the cache's latents as BF16")
{
  const PrefillAttention plan = prefill_attention(deepseek_r1(), Quantisation::Int8, share(10));
  CHECK(plan.query.gathered.count() == 10 * 1536);
  CHECK(plan.key_value.gathered.count() == 10 * 1152);
  CHECK(plan.exchanged.count() == 4 * 128);
}

TEST_CASE("cached tokens are gathered, projected up and attended to, and pass nothing else")
{
  const ModelSpec model = deepseek_r1();
  const PrefillAttention without = prefill_attention(model, Quantisation::Int8, share(100));
  const PrefillAttention with = prefill_attention(model, Quantisation::Int8, share(100, 50));
  CHECK((with.key_value.gathered - without.key_value.gathered).count() == 50 * 1152);
  CHECK(flops(with.key_value.up) == 1.5 * flops(without.key_value.up));
  CHECK(with.heads.work.count() - without.heads.work.count() == 640.0 * 4 * 32 * 100 * 50);
  CHECK(flops(with.key_value.down) == flops(without.key_value.down));
  CHECK(flops(with.query.up) == flops(without.query.up));
  CHECK(with.output.work == without.output.work);
  CHECK(with.output.traffic == without.output.traffic);
}

TEST_CASE("heads must divide over the dies")
{
  CHECK_FALSE(prefill_problem(deepseek_r1(), 32));
  const auto problem = prefill_problem(deepseek_r1(), 48);
  REQUIRE(problem);
  CHECK(problem->find("over 48 dies; the nearest number below that they divide over is 32") != std::string::npos);
}

TEST_CASE("a row of dispatch is as long as in decode")
{
  const DieSpec die = tests::round_die();
  CHECK(dispatch_row(deepseek_r1(), Quantisation::Int8, die).count() == 7680);
  CHECK(dispatch_row(deepseek_r1(), Quantisation::Bf16, die).count() == 14336);
}

TEST_CASE("experts of prefill work like those of decode, as grouped products")
{
  const ModelSpec model = deepseek_r1();
  const Operator grouped = grouped_experts(model, Quantisation::Int8, 1000, 9);
  const Operator decode = expert_operator(model, Quantisation::Int8, 1000, 9);
  CHECK(grouped.is_grouped);
  CHECK_FALSE(decode.is_grouped);
  CHECK(grouped.work == decode.work);
  CHECK(grouped.traffic == decode.traffic);
}
