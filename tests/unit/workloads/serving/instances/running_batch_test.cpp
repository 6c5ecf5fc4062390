#include "workloads/serving/instances/running_batch.h"

#include <catch2/catch.hpp>

#include <vector>

using namespace cm;
using namespace cm::workloads;

namespace {

InFlight asking(std::int64_t input, std::int64_t output, std::uint32_t rank, std::uint64_t number = 0)
{
  InFlight request({.arrival = {}, .input_tokens = input, .output_tokens = output, .blocks = {}}, number, 1);
  request.rank = rank;
  return request;
}

}  // namespace

TEST_CASE("requests take part from the iteration after they joined until they have all their tokens")
{
  RunningBatch batch(3, {});
  CHECK(batch.is_empty());
  InFlight shorter = asking(100, 2, 0);
  InFlight longer = asking(500, 4, 2);
  batch.join(shorter);
  CHECK_FALSE(batch.is_empty());
  CHECK(batch.size() == 0);
  batch.begin_iteration();
  batch.join(longer);
  CHECK(batch.size() == 1);
  CHECK(batch.kv_tokens() == 100);
  CHECK(batch.end_iteration(Seconds(1)) == 1);
  CHECK(batch.take_finished().empty());
  batch.begin_iteration();
  CHECK(batch.size() == 2);
  CHECK(batch.kv_tokens() == 601);
  CHECK(batch.mean_kv_tokens() == 300.5);
  CHECK(batch.end_iteration(Seconds(2)) == 2);
  CHECK(batch.kv_tokens() == 603);
  CHECK(batch.take_finished() == std::vector<InFlight*>{&shorter});
  CHECK(batch.size() == 1);
  CHECK(batch.kv_tokens() == 501);
  CHECK(shorter.when(Milestone::Decoded) == 1'000'000'000'000);
  CHECK(shorter.first_token == 1'000'000'000'000);
  CHECK(shorter.last_token == 2'000'000'000'000);
  CHECK(longer.first_token == 2'000'000'000'000);
}

TEST_CASE("the busiest die is the one with most requests that take part")
{
  RunningBatch batch(2, {});
  InFlight a = asking(10, 1, 1);
  InFlight b = asking(10, 2, 1);
  InFlight c = asking(10, 2, 0);
  for (InFlight* request : {&a, &b, &c})
    batch.join(*request);
  batch.begin_iteration();
  CHECK(batch.on_busiest_die() == 2);
  batch.end_iteration(Seconds(1));
  CHECK(batch.take_finished() == std::vector<InFlight*>{&a});
  CHECK(batch.on_busiest_die() == 1);
  batch.end_iteration(Seconds(2));
  CHECK(batch.take_finished() == std::vector<InFlight*>{&b, &c});
  CHECK(batch.on_busiest_die() == 0);
  CHECK(batch.is_empty());
}

TEST_CASE("speculative tokens are accepted in a row, by the draws of the request, and none beyond the last token")
{
  RunningBatch batch(1, {.tokens = 2, .acceptance = 0.6});
  InFlight request = asking(100, 9, 0, 5);
  batch.join(request);
  sim::RandomStream draws(1, "token acceptance", 5);
  std::int64_t produced = 0;
  double now = 0;
  while (produced < 9) {
    std::int64_t tokens = 1;
    while (tokens <= 2 && draws.uniform() < 0.6)
      ++tokens;
    tokens = std::min<std::int64_t>(tokens, 9 - produced);
    produced += tokens;
    batch.begin_iteration();
    CHECK(batch.end_iteration(Seconds(++now)) == tokens);
    CHECK(batch.kv_tokens() == 100 + produced);
  }
  CHECK(batch.take_finished().size() == 1);
  CHECK(now < 9);
}

TEST_CASE("a first token that came from prefill stays the first one")
{
  RunningBatch batch(1, {});
  InFlight request = asking(100, 2, 0);
  request.produced_tokens = 1;
  request.first_token = request.last_token = 7;
  batch.join(request);
  batch.begin_iteration();
  CHECK(batch.kv_tokens() == 101);
  batch.end_iteration(Seconds(3));
  CHECK(request.first_token == 7);
  CHECK(request.when(Milestone::Decoded) == 3'000'000'000'000);
  CHECK(batch.take_finished().size() == 1);
}
