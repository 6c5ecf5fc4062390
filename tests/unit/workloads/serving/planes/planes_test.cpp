// Endpoints of the planes, bytes that cross them, and copies beside the exchanges of their instances.
#include "tests/support/service_parts.h"
#include "workloads/serving/planes/planes.h"

using namespace cm;
using namespace cm::workloads;

namespace {

// Two prefill instances of two dies and a decode instance of two, whose dies copy at the rate of their lanes.
tests::SmallService two_instances()
{
  tests::SmallService service;
  service.spec.prefill_instances = 2;
  service.machine.topology.lane_bandwidth = 1_GBps;
  return service;
}

// When a transfer between two dies of different instances has ended, in picoseconds.
std::int64_t copied(tests::ServiceParts& parts, std::size_t from, std::size_t to)
{
  std::int64_t end = 0;
  parts.engine.spawn("copy", [&](sim::engine::Control& control) {
    parts.planes.move(control, Plane::Ub, {{from, to, Bytes(7'000'000)}});
    end = to_picoseconds(control.now()).count();
  });
  parts.engine.run();
  return end;
}

Seconds copy_time(const tests::ServiceParts& parts, double share)
{
  const BytesPerSecond lanes = 7_GBps * parts.service.machine.ub.payload_share;
  return parts.service.ub_latency() + Bytes(7'000'000) / (lanes * share);
}

}  // namespace

TEST_CASE("endpoints on UB are the dies of prefill, those of decode, and the CPUs behind them")
{
  const tests::ServiceParts parts(two_instances());
  CHECK(parts.planes.prefill_on_ub(1, 1) == 3);
  CHECK(parts.planes.decode_on_ub(0) == 4);
  CHECK(parts.planes.cpu_on_ub(0) == 6);
  CHECK(parts.planes.clients() == 2);
  CHECK(parts.planes.storage() == 3);
  CHECK(parts.planes.decode_instance(0) == 2);
}

TEST_CASE("bytes are counted when they enter a plane and when they leave it")
{
  tests::ServiceParts parts;
  std::int64_t inside = 0;
  parts.engine.spawn("copy", [&](sim::engine::Control& control) {
    parts.planes.move(control, Plane::Rdma, {{0, 2, Bytes(1000)}, {1, 3, Bytes(500)}});
    parts.planes.move(control, Plane::Rdma, {});
  });
  parts.engine.spawn("look", [&](sim::engine::Control& control) {
    control.sleep(1_ns);
    inside = parts.planes.entered(Plane::Rdma) - parts.planes.left(Plane::Rdma);
  });
  parts.engine.run();
  CHECK(inside == 1500);
  CHECK(parts.planes.left(Plane::Rdma) == 1500);
  CHECK(parts.planes.entered(Plane::Vpc) == 0);
}

namespace {

// Checks a copy from the first prefill instance to decode, while an instance's exchanges want a share of the lanes.
void check_copy(std::size_t instance, double wanted, double left)
{
  tests::ServiceParts parts(two_instances());
  const BytesPerSecond lanes = 7_GBps * parts.service.machine.ub.payload_share;
  parts.planes.exchanges_take(instance, lanes * wanted);
  const double expected = static_cast<double>(to_picoseconds(copy_time(parts, left)).count());
  CHECK(static_cast<double>(copied(parts, 0, 4)) == Approx(expected).epsilon(0).margin(1));
}

}  // namespace

TEST_CASE("a copy has all of its rate beside exchanges of another instance")
{
  check_copy(1, 0.4, 1);
}

TEST_CASE("a copy gets what the exchanges of decode leave")
{
  check_copy(2, 0.4, 0.6);
}

TEST_CASE("a copy gets at least half beside the exchanges of prefill")
{
  check_copy(0, 0.9, 0.5);
}

TEST_CASE("a copy takes lanes of both its instances, out of one and into the other")
{
  tests::ServiceParts parts(two_instances());
  copied(parts, 1, 5);
  const Seconds time = copy_time(parts, 1);
  // A hand-over counts as if it took the lanes of all dies, at most half of them.
  for (const std::size_t instance : {std::size_t{0}, parts.planes.decode_instance(0)})
    CHECK(parts.planes.lane_use(instance).share_of(time) == Approx(LaneUse::MostShare));
  CHECK(parts.planes.lane_use(1).share_of(time) == 0);
}

TEST_CASE("every decode instance has dies, lanes and exchanges of its own")
{
  tests::SmallService service = two_instances();
  service.spec.decode_instances = 2;
  tests::ServiceParts parts(service);
  CHECK(parts.planes.decode_on_ub(2) == 6);
  CHECK(parts.planes.cpu_on_ub(0) == 8);
  CHECK(parts.planes.decode_instance(1) == 3);
  const BytesPerSecond lanes = 7_GBps * parts.service.machine.ub.payload_share;
  parts.planes.exchanges_take(parts.planes.decode_instance(0), lanes * 0.5);
  CHECK(copied(parts, 0, 6) == to_picoseconds(copy_time(parts, 1)).count());
  CHECK(parts.planes.lane_use(parts.planes.decode_instance(0)).share_of(Seconds(1)) == 0);
  CHECK(parts.planes.lane_use(parts.planes.decode_instance(1)).share_of(copy_time(parts, 1)) ==
        Approx(LaneUse::MostShare));
}
