#include "models/network/machine.h"
#include "tests/support/small_machine.h"

#include <catch2/catch.hpp>

using namespace cm;

namespace {

sim::fabric::NetworkSpec network_of(const models::MachineSpec& machine)
{
  return models::data_plane_spec(machine, topology::Supernode(machine.topology), 1).network;
}

}  // namespace

TEST_CASE("a port carries the payload share of its rate")
{
  models::MachineSpec machine = tests::small_machine();
  const auto full = network_of(machine);
  machine.ub.payload_share = 128.0 / 136.0;
  const auto framed = network_of(machine);
  REQUIRE(framed.ports.size() == full.ports.size());
  for (std::size_t port = 0; port < full.ports.size(); ++port)
    CHECK(framed.ports[port].rate.count() == Approx(full.ports[port].rate.count() * 128 / 136));
}

TEST_CASE("a way between nodes takes the traversals that the machine says and one inside a node stays one")
{
  models::MachineSpec machine = tests::small_machine();
  const auto way = [&](std::uint32_t to) {
    const auto spec = models::data_plane_spec(machine, topology::Supernode(machine.topology), 1);
    sim::calendar::Calendar calendar;
    return sim::fabric::PacketFabric(spec.network, spec.policy, calendar).path_latency_ps(0, to);
  };
  CHECK(way(1) == 200'000);
  CHECK(way(16) == 600'000);
  machine.ub.internode_traversals = 1;
  CHECK(way(1) == 200'000);
  CHECK(way(16) == 200'000);
  CHECK(machine.ub.extra_traversals().count() == 0);
}

TEST_CASE("all lanes of an endpoint carry the payload share of their rates together")
{
  models::MachineSpec machine = tests::small_machine();
  machine.ub.payload_share = 0.5;
  CHECK(models::all_lanes(machine) == 98_GBps);
  machine.topology.cpu_bandwidth = 161_GBps;
  CHECK(models::all_cpu_lanes(machine).count() == Approx(80.5e9));
  machine.topology.sub_planes = 4;
  CHECK(models::all_cpu_lanes(machine).count() == Approx(46e9));
}

TEST_CASE("a use of engines takes one, or one for each lane where each has its own")
{
  models::MachineSpec machine = tests::small_machine();
  sim::calendar::Calendar calendar;
  const auto spec = models::data_plane_spec(machine, topology::Supernode(machine.topology), 1);
  sim::fabric::PacketFabric fabric(spec.network, spec.policy, calendar);
  const models::EndpointEngines shared(machine, fabric);
  CHECK(shared.engines_of(shared.source(0, false)) == 1);
  machine.ub.write_limit = models::WriteLimit::Lane;
  const models::EndpointEngines per_lane(machine, fabric);
  CHECK(per_lane.engines_of(per_lane.source(0, false)) == 7);
  CHECK(per_lane.engines_of(per_lane.sdma(0)) == 1);
}

TEST_CASE("experts are dealt to all lanes where messages name them, and to none else")
{
  models::MachineSpec machine = tests::small_machine();
  CHECK(models::expert_lanes(machine) == 0);
  machine.ub.lane_choice = sim::fabric::LaneChoice::ByMessage;
  CHECK(models::expert_lanes(machine) == 7);
}
