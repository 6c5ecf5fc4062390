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
