// Hand-overs between two dies, alone and beside others that share a card.
#include "tests/support/service_parts.h"
#include "workloads/serving/instances/hand_overs.h"

using namespace cm;
using namespace cm::workloads;
using tests::asking;

namespace {

// Two prefill instances of two dies, a decode instance of four.
tests::SmallService two_to_four()
{
  tests::SmallService service;
  service.spec.prefill_instances = 2;
  service.spec.decode.ep = 4;
  service.spec.decode.dp = 4;
  return service;
}

}  // namespace

TEST_CASE("hand-overs are counted for the prefill rank that sends them, until they have arrived")
{
  tests::ServiceParts parts(two_to_four());
  HandOvers hand_overs(parts.spec, parts.planes, parts.engine, Bytes(1000));
  InFlight request = asking(600, 5);
  request.instance = 1;
  request.rank = request.decode_rank = 2;
  std::vector<std::int64_t> arrived;
  hand_overs.start(request, [&](InFlight& each) { arrived.push_back(each.when(Milestone::HandedOver)); });
  // The upper half of the dies is the second rank's.
  CHECK(hand_overs.under_way(1, 3) == 1);
  CHECK(hand_overs.under_way(1, 2) == 1);
  CHECK(hand_overs.under_way(1, 1) == 0);
  CHECK(hand_overs.under_way(0, 2) == 0);
  parts.engine.run();
  CHECK(hand_overs.under_way(1, 3) == 0);
  const Seconds alone =
      parts.service.machine.rdma.latency + Bytes(600 * 1000) / parts.service.machine.topology.rdma_bandwidth;
  CHECK(arrived == std::vector<std::int64_t>{to_picoseconds(alone).count()});
  CHECK(parts.planes.left(Plane::Rdma) == 600 * 1000);
}

TEST_CASE("hand-overs go from and to the dies of the spec, on the plane that it says")
{
  tests::SmallService service = two_to_four();
  service.spec.handover = HandoverPlane::Ub;
  tests::ServiceParts parts(service);
  HandOvers hand_overs(parts.spec, parts.planes, parts.engine, Bytes(1000));
  InFlight first = asking(600, 5);
  InFlight second = asking(600, 5);
  second.rank = second.decode_rank = 3;
  std::vector<std::int64_t> arrived;
  for (InFlight* request : {&first, &second})
    hand_overs.start(*request, [&](InFlight& each) { arrived.push_back(each.when(Milestone::HandedOver)); });
  parts.engine.run();
  // Between dies of their own: neither slows the other.
  const BytesPerSecond die =
      std::min(parts.service.machine.die.sdma.bandwidth,
               parts.service.machine.topology.lane_bandwidth * 7.0 * parts.service.machine.ub.payload_share);
  const Seconds alone = parts.service.ub_latency() + Bytes(600 * 1000) / die;
  CHECK(arrived == std::vector<std::int64_t>(2, to_picoseconds(alone).count()));
  CHECK(parts.planes.left(Plane::Ub) == 2 * 600 * 1000);
  CHECK(parts.planes.left(Plane::Rdma) == 0);
}
