// Requests that take part in an iteration of the decode instance, and limits that hold others back.
#include "tests/support/small_service.h"

using namespace cm;
using namespace cm::workloads;
using tests::near;
using tests::SmallService;

namespace {

// Three prompts of one prefill batch.
SmallService three_requests(const std::vector<int>& outputs)
{
  SmallService service;
  for (std::size_t request = 0; request < outputs.size(); ++request)
    service.ask(0, 600, outputs[request], 10 * static_cast<std::int64_t>(request));
  return service;
}

}  // namespace

TEST_CASE("a request waits for a place in the batch and gets that of the first one to end")
{
  SmallService service = three_requests({3, 5, 4});
  service.spec.decode.batch_per_npu = 2;  // one on each die
  const tests::Served served = service.run();
  const auto& shortest = served.requests.at(0);
  const auto& longer = served.requests.at(1);
  const auto& waiting = served.requests.at(2);
  const Seconds moved = service.hand_over(600);
  const Seconds first = service.iteration(1, 600);
  const Seconds second = service.iteration(1, 601);
  const Seconds third = service.iteration(1, 602);
  const Seconds alone = service.iteration(1, 603);
  REQUIRE(moved < alone);
  CHECK(shortest.count("decode_rank") == 0);
  CHECK(longer.count("decode_rank") == 1);
  CHECK(waiting.count("decode_rank") == 0);
  for (const auto* request : {&shortest, &longer}) {
    CHECK(request->time("decode_queue_ms").count() == 0);
    CHECK(request->time("handover_ms").count() == near(moved));
    CHECK(request->time("first_decode_ms").count() == near(first));
  }
  CHECK((shortest.time("e2e_ms") - shortest.time("ttft_ms")).count() == near(second + third));
  CHECK(waiting.time("decode_queue_ms").count() == near(moved + first + second + third));
  CHECK(waiting.time("handover_ms").count() == near(moved));
  // It joins when the iteration that began without it has ended: one of 604 and one of 600 tokens.
  const Seconds together = service.iteration(1, 602);
  CHECK(waiting.time("first_decode_ms").count() == near(alone - moved + together));
  CHECK((longer.time("e2e_ms") - longer.time("ttft_ms")).count() == near(second + third + alone + together));
  CHECK((waiting.time("e2e_ms") - waiting.time("ttft_ms")).count() == near(second + third + alone));
  CHECK(tests::metric_of(served.result, "decode_iterations") == 8);
}

TEST_CASE("requests are spread over the dies, and the busiest die sets the pace")
{
  SmallService service = three_requests({2, 2, 2});
  const tests::Served served = service.run();
  const auto& first = served.requests.at(0);
  const auto& second = served.requests.at(1);
  const auto& third = served.requests.at(2);
  CHECK(first.count("decode_rank") == 0);
  CHECK(second.count("decode_rank") == 1);
  CHECK(third.count("decode_rank") == 0);
  // The first and the third leave through the same card.
  const Seconds shared = service.hand_over(600, 2);
  const Seconds alone = service.hand_over(600);
  CHECK(first.time("handover_ms").count() == near(shared));
  CHECK(second.time("handover_ms").count() == near(alone));
  CHECK(third.time("handover_ms").count() == near(shared));
  const Seconds of_one = service.iteration(1, 600);
  REQUIRE(shared < alone + of_one);
  const Seconds of_three = service.iteration(2, (601 + 600 + 600) / 3.0);
  CHECK(second.time("first_decode_ms").count() == near(of_one));
  CHECK((second.time("e2e_ms") - second.time("ttft_ms")).count() == near(of_three));
  for (const auto* request : {&first, &third}) {
    CHECK(request->time("first_decode_ms").count() == near(alone + of_one - shared + of_three));
    CHECK((request->time("e2e_ms") - request->time("ttft_ms")).count() == near(service.iteration(2, 601)));
  }
}

TEST_CASE("a request that would make iterations miss the target waits although there is a place")
{
  SmallService service = three_requests({3, 3, 3});
  const Seconds one = service.iteration(1, 600);
  const Seconds two = service.iteration(2, 600);
  REQUIRE(one < two);
  service.spec.tpot_target = (one + two) / 2;
  const tests::Served served = service.run();
  CHECK(served.requests.at(0).time("decode_queue_ms").count() == 0);
  CHECK(served.requests.at(1).time("decode_queue_ms").count() == 0);
  CHECK(served.requests.at(2).time("decode_queue_ms").count() ==
        near(service.hand_over(600) + one + service.iteration(1, 601) + service.iteration(1, 602)));
}

TEST_CASE("a target that two requests on a die hold keeps nobody waiting")
{
  SmallService service = three_requests({3, 3, 3});
  service.spec.tpot_target = service.iteration(2, 600) + 1_us;
  const tests::Served served = service.run();
  CHECK(served.requests.at(2).time("decode_queue_ms").count() == 0);
}

TEST_CASE("a request reserves memory for its whole answer, waits for it, and is refused when no die has so much")
{
  SmallService service;
  // As much memory as prefill needs, in which decode has room for some requests.
  service.spec.prefill.deployment.batch_tokens = 128;
  const models::HbmBudget prefill =
      prefill_budget(service.spec.prefill.deployment, service.model, service.machine.die, {{{128, 0}}});
  models::HbmBudget decode = decode_budget(service.spec.decode, service.model, service.machine);
  decode.kv_cache = Bytes(0);
  service.machine.die.hbm_capacity = prefill.total();
  const std::int64_t room = (prefill.total() - decode.total()).count() / service.kv_of(1).count();
  REQUIRE(room > 1000);
  const std::int64_t input = 130;
  const std::int64_t output = room - input;
  for (const int request : {0, 1, 2})
    service.ask(0, input, output, 10 * request);
  service.ask(0, input, output + 1, 30);
  const tests::Served served = service.run();
  CHECK(served.requests.at(3).text("state") == "refused");
  CHECK(tests::metric_of(served.result, "requests_refused") == 1);
  CHECK(tests::metric_of(served.result, "decode_kv_peak") ==
        Approx(ratio(service.kv_of(room), prefill.total() - decode.total())).epsilon(1e-12));
  // Each of the first two has a die for itself; the third one gets that of the first, when that one has ended.
  CHECK(served.requests.at(0).count("decode_rank") == 0);
  CHECK(served.requests.at(1).count("decode_rank") == 1);
  const auto& third = served.requests.at(2);
  CHECK(third.count("decode_rank") == 0);
  Seconds admitted;
  for (const char* part :
       {"ingress_ms", "look_up_ms", "kv_load_ms", "prefill_queue_ms", "prefill_ms", "decode_queue_ms"})
    admitted += third.time(part);
  CHECK(third.time("decode_queue_ms") > Seconds(0.1));
  CHECK(admitted.count() == Approx(served.requests.at(0).time("e2e_ms").count()).epsilon(0).margin(5e-9));
}

TEST_CASE("speculative tokens are accepted by the request's own draws")
{
  SmallService service;
  service.spec.decode.mtp_tokens = 2;
  service.spec.decode.mtp_acceptance = 0.6;
  service.ask(0, 600, 25, 1);
  const tests::Served served = service.run();
  sim::RandomStream acceptance(SmallService::Seed, "token acceptance", 0);
  std::int64_t produced = 0;
  std::int64_t iterations = 0;
  Seconds decoding;
  while (produced < 25) {
    decoding += service.iteration(1, static_cast<double>(600 + produced));
    std::int64_t tokens = 1;
    while (tokens <= 2 && acceptance.uniform() < 0.6)
      ++tokens;
    produced = std::min<std::int64_t>(25, produced + tokens);
    ++iterations;
  }
  const auto& request = served.requests.at(0);
  CHECK((request.time("e2e_ms") - request.time("ttft_ms")).count() == near(decoding - service.iteration(1, 600)));
  CHECK(tests::metric_of(served.result, "decode_iterations") == static_cast<double>(iterations));
  // Keys and values of the MTP layer are handed over too.
  CHECK(service.kv_of(1) == models::kv_bytes_per_token_and_layer(service.model) * 5);
  CHECK(request.time("handover_ms").count() == near(service.hand_over(600)));
}
