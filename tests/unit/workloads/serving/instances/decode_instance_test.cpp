// One decode instance: from a prefilled request to its last token.
#include "tests/support/service_parts.h"
#include "workloads/serving/instances/decode_instance.h"
#include "workloads/serving/instances/decode_instances.h"

using namespace cm;
using namespace cm::workloads;
using tests::asking;

namespace {

struct OneInstance {
  explicit OneInstance(tests::SmallService service = tests::SmallService()) : parts(std::move(service)) {}

  tests::ServiceParts parts;
  HandOvers hand_overs{parts.spec, parts.planes, parts.engine, parts.service.kv_of(1)};
  std::vector<std::uint64_t> finished;  // numbers
  DecodeInstance instance{0,
                          {.spec = parts.spec,
                           .dies = DecodeDies(2, {.places = 2, .memory = parts.service.kv_of(5000)}),
                           .kv_per_token = parts.service.kv_of(1),
                           .dies_per_npu = parts.service.machine.topology.dies_per_npu,
                           .engine = parts.engine,
                           .cells = parts.cells,
                           .planes = parts.planes,
                           .hand_overs = hand_overs,
                           .timeline = parts.rows},
                          [this](InFlight& request) { finished.push_back(request.number); }};

  [[nodiscard]] Seconds time(std::int64_t on_busiest_die, double mean_kv)
  {
    return Seconds(parts.cells.decode_iteration(static_cast<double>(2 * on_busiest_die), mean_kv).seconds);
  }
};

}  // namespace

TEST_CASE("a decode instance steps from the hand-over to the last token of the last request")
{
  OneInstance one;
  InFlight shorter = asking(600, 2, 0);
  InFlight longer = asking(600, 3, 1);
  one.instance.submit(shorter, Seconds(0));
  one.instance.submit(longer, Seconds(0));
  CHECK(one.instance.queue().waiting() == 0);
  CHECK(one.instance.queue().dies().most_requests() == 1);
  one.parts.engine.run();
  // The two come from two cards.
  const Seconds begin = one.parts.service.hand_over(600);
  const Seconds first = one.time(1, 600);
  const Seconds second = one.time(1, 601);
  const Seconds third = one.time(1, 602);
  CHECK(one.finished == std::vector<std::uint64_t>{0, 1});
  CHECK(shorter.when(Milestone::HandedOver) == to_picoseconds(begin).count());
  CHECK(shorter.first_token == to_picoseconds(begin + first).count());
  CHECK(shorter.last_token == to_picoseconds(begin + first + second).count());
  CHECK(longer.last_token == to_picoseconds(begin + first + second + third).count());
  CHECK(one.instance.work().iterations == 3);
  CHECK(one.instance.work().busy.total().count() == Approx((first + second + third).count()).epsilon(1e-12));
  CHECK(one.instance.work().delayed == Seconds(0));
  CHECK(one.instance.running() == 0);
  CHECK(one.instance.queue().dies().most_requests() == 0);
  CHECK(one.instance.queue().dies().reserved_most() == one.parts.service.kv_of(603));
}

TEST_CASE("a target that a request alone misses keeps others waiting, and is told")
{
  tests::SmallService service;
  service.spec.tpot_target = 1_us;
  OneInstance one(service);
  std::vector<InFlight> requests;
  for (std::uint64_t number = 0; number < 3; ++number)
    requests.push_back(asking(600, 2, number));
  for (InFlight& request : requests)
    one.instance.submit(request, Seconds(0));
  CHECK(one.instance.queue().waiting() == 1);
  CHECK(one.instance.queue().waits().for_target == 1);
  CHECK(one.instance.target_is_missed_alone());
  one.parts.engine.run();
  CHECK(one.finished == std::vector<std::uint64_t>{0, 1, 2});
}

TEST_CASE("requests of a second decode instance have the ranks behind the first one's")
{
  tests::SmallService service;
  service.spec.decode_instances = 2;
  tests::ServiceParts parts(service);
  std::vector<std::uint64_t> finished;
  DecodeInstances instances(
      {parts.spec, parts.service.model, parts.service.machine, parts.engine, parts.cells, parts.planes, parts.rows},
      [&](InFlight& request) { finished.push_back(request.number); });
  std::vector<InFlight> requests;
  for (std::uint64_t number = 0; number < 3; ++number)
    requests.push_back(asking(600, 3 - static_cast<std::int64_t>(number), number));
  for (InFlight& request : requests)
    instances.submit(request, Seconds(0));
  // The second instance has fewer tokens when the third request comes.
  CHECK(requests[0].decode_rank == 0);
  CHECK(requests[1].decode_rank == 3);
  CHECK(requests[2].decode_rank == 2);
  CHECK(requests[2].rank == 0);
  CHECK(instances.all()[1].queue().load() == DecodeLoad{2, 602 + 601});
  CHECK(instances.places() == 8);
  parts.engine.run();
  CHECK(finished.size() == 3);
  CHECK(instances.all()[0].work().iterations == 3);
  CHECK(instances.all()[1].queue().load() == DecodeLoad{});
  CHECK(instances.reserved_most() == parts.service.kv_of(603));
  CHECK(instances.waits() == DecodeWaits{});
}
