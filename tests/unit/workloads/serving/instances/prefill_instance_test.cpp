// One prefill instance: what it takes into a batch, when it works, and what a router is told of it.
#include "tests/support/service_parts.h"
#include "workloads/serving/instances/prefill_instance.h"
#include "workloads/serving/instances/prefill_instances.h"

using namespace cm;
using namespace cm::workloads;
using tests::asking;

namespace {

tests::SmallService at_once()
{
  tests::SmallService service;
  service.spec.batch_wait = Seconds(0);
  service.spec.prefill.deployment.batch_tokens = 1024;
  return service;
}

struct OneInstance {
  tests::ServiceParts parts{at_once()};
  std::vector<std::uint64_t> prefilled;  // numbers
  PrefillInstance instance{
      0,
      {parts.spec, parts.engine, parts.cells, parts.planes, parts.rows},
      [this](sim::engine::Control& /*control*/, std::uint32_t /*number*/, const std::vector<InFlight*>& requests) {
        for (const InFlight* request : requests)
          prefilled.push_back(request->number);
      }};

  [[nodiscard]] Seconds time(const PrefillBatch& batch)
  {
    return Seconds(parts.cells.prefill_batch(cut(batch, 1).front()).seconds);
  }
};

}  // namespace

TEST_CASE("a prefill instance works batch after batch, and notes each with its tokens")
{
  OneInstance one;
  InFlight first = asking(800, 1, 0);
  InFlight second = asking(1000, 1, 1);
  second.cached_tokens = 512;
  for (InFlight* request : {&first, &second}) {
    one.instance.expect(*request, 0);
    one.instance.submit(*request);
  }
  CHECK(one.instance.queued() == 2);
  one.parts.engine.run();
  const Seconds before = one.time({{800, 0}, {224, 512}});
  const Seconds after = one.time({{264, 736}});
  CHECK(one.prefilled == std::vector<std::uint64_t>{0, 1});
  CHECK(first.when(Milestone::Started) == 0);
  CHECK(first.when(Milestone::Prefilled) == to_picoseconds(before).count());
  CHECK(second.when(Milestone::Prefilled) == to_picoseconds(before + after).count());
  REQUIRE(one.instance.done().size() == 2);
  CHECK(one.instance.done()[0].new_tokens == 1024);
  CHECK(one.instance.done()[0].reused_tokens == 512);
  CHECK(one.instance.done()[1].new_tokens == 264);
  CHECK(one.instance.done()[1].reused_tokens == 0);
  CHECK(one.instance.busy().total() == before + after);
  CHECK(one.instance.delayed() == Seconds(0));
  CHECK(one.instance.queued() == 0);
}

TEST_CASE("the cost of a prompt is the work before it, its own, and how much longer others wait for it")
{
  OneInstance one;
  const Seconds own = one.time({{300, 0}});
  CHECK(one.instance.cost_of(Seconds(0), {300, 0}) == own);
  InFlight other = asking(400, 1);
  one.instance.expect(other, 100);
  const Seconds with = Seconds(one.parts.cells.prefill_batch(load_of({300, 100}) + load_of({300, 0})).seconds);
  const Seconds longer = with - one.time({{300, 100}});
  CHECK(one.instance.cost_of(Seconds(0), {300, 0}).count() == Approx((with + longer).count()));
}

TEST_CASE("requests go to the prefill instance that the router names, which expects them from then on")
{
  tests::SmallService service = at_once();
  service.spec.prefill_instances = 3;
  service.spec.router = find_prefill_router("least-loaded");
  tests::ServiceParts parts(service);
  const KvPool pool(parts.spec, parts.service.model, parts.service.machine, parts.planes);
  PrefillInstances instances({parts.spec, parts.engine, parts.cells, parts.planes, parts.rows}, pool,
                             [](sim::engine::Control&, std::uint32_t, const std::vector<InFlight*>&) {});
  std::vector<InFlight> requests;
  for (const std::int64_t tokens : {900, 100, 100, 100})
    requests.push_back(asking(tokens, 1));
  std::vector<std::uint32_t> chosen;
  for (InFlight& request : requests) {
    instances.route(request, Seconds(0));
    instances.submit(request);
    chosen.push_back(request.instance);
  }
  CHECK(chosen == std::vector<std::uint32_t>{0, 1, 2, 1});
  CHECK(instances.all().size() == 3);
  CHECK(instances.all()[1].queued() == 2);
}
