// Prefill instances at work on the requests that they are sent, and routers that choose between them.
#include "tests/support/small_service.h"

using namespace cm;
using namespace cm::workloads;
using tests::near;
using tests::SmallService;

TEST_CASE("prompts fill batches in order, and one that does not fit goes on in the next batch")
{
  SmallService service;
  service.spec.prefill.deployment.batch_tokens = 1024;
  for (const int request : {0, 1, 2})
    service.ask(0, 600, 1, 10 * request);
  service.spec.first_token = FirstToken::Prefill;
  const tests::Served served = service.run();
  const Seconds first = service.prefill_time({{600, 0}, {424, 0}});
  const Seconds second = service.prefill_time({{176, 424}, {600, 0}});
  const auto& whole = served.requests.at(0);
  const auto& cut = served.requests.at(1);
  const auto& last = served.requests.at(2);
  CHECK(whole.time("prefill_queue_ms").count() == near(service.spec.batch_wait));
  CHECK(whole.time("prefill_ms").count() == near(first));
  CHECK(cut.time("prefill_queue_ms").count() == near(service.spec.batch_wait));
  CHECK(cut.time("prefill_ms").count() == near(first + second));
  CHECK(last.time("prefill_queue_ms").count() == near(service.spec.batch_wait + first));
  CHECK(last.time("prefill_ms").count() == near(second));
  CHECK(tests::metric_of(served.result, "prefill_tokens_per_batch") == 900);
}

TEST_CASE("a request that comes while a batch runs waits for its end, and then for nothing")
{
  SmallService service;
  service.spec.first_token = FirstToken::Prefill;
  service.ask(0, 600, 1, 0);
  service.ask(20, 800, 1, 10);
  const tests::Served served = service.run();
  const Seconds begin = service.ingress(600) + service.look_up(600) + service.spec.batch_wait;
  const Seconds first = service.prefill_time({{600, 0}});
  const Seconds loaded = Seconds(0.02) + service.ingress(800) + service.look_up(800);
  CHECK(served.requests.at(1).time("prefill_queue_ms").count() == near(begin + first - loaded));
  CHECK(served.requests.at(1).time("prefill_ms").count() == near(service.prefill_time({{800, 0}})));
}

namespace {

std::vector<std::int64_t> instances_of(const tests::Served& served)
{
  std::vector<std::int64_t> instances;
  for (const auto& request : served.requests)
    instances.push_back(request.count("prefill_instance"));
  return instances;
}

// Two instances that start nothing while these requests arrive: a long one and three short ones.
SmallService long_and_short(std::string_view router)
{
  SmallService service;
  service.spec.prefill_instances = 2;
  service.spec.router = find_prefill_router(router);
  service.spec.batch_wait = 50.0_ms;
  service.ask(0, 3000, 2, 0);
  service.ask(1, 200, 2, 10);
  service.ask(2, 200, 2, 20);
  service.ask(3, 200, 2, 30);
  return service;
}

// A prefix of 3,584 tokens that the pool has by the time a second request has it, and two more requests.
SmallService cached_prefix(std::string_view router)
{
  SmallService service;
  service.spec.prefill_instances = 2;
  service.spec.router = find_prefill_router(router);
  service.spec.batch_wait = 50.0_ms;
  service.ask(0, 3600, 2, 0);
  service.ask(1000, 3600, 2, 0);
  service.ask(1001, 2000, 2, 20);
  service.ask(1002, 600, 2, 40);
  return service;
}

}  // namespace

TEST_CASE("round robin takes instances in turn, whatever they have to do")
{
  CHECK(instances_of(long_and_short("round-robin").run()) == std::vector<std::int64_t>{0, 1, 0, 1});
}

TEST_CASE("the least loaded instance is that with the least to compute")
{
  CHECK(instances_of(long_and_short("least-loaded").run()) == std::vector<std::int64_t>{0, 1, 1, 1});
}

TEST_CASE("a router without an eye for the cache takes a cached prompt for a long one")
{
  CHECK(instances_of(cached_prefix("least-loaded").run()) == std::vector<std::int64_t>{0, 0, 1, 1});
}

TEST_CASE("a cache-aware router knows that a cached prompt is short")
{
  CHECK(instances_of(cached_prefix("cache-aware").run()) == std::vector<std::int64_t>{0, 0, 1, 0});
}

TEST_CASE("a batch under way counts to the load of its instance until it ends")
{
  SmallService service;
  service.spec.prefill_instances = 2;
  service.spec.router = find_prefill_router("least-loaded");
  service.spec.batch_wait = Seconds(0);
  service.ask(0, 600, 1, 0);
  service.ask(10, 600, 1, 10);  // the first instance works on the first prompt
  service.ask(20, 600, 1, 20);  // both work, the first one for a shorter time still
  service.ask(1000, 600, 1, 30);
  CHECK(instances_of(service.run()) == std::vector<std::int64_t>{0, 1, 0, 0});
}
