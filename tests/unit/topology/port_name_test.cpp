#include "sim/diagnostics/errors.h"
#include "tests/unit/topology/machines.h"
#include "topology/routing/port_name.h"
#include "topology/routing/ub_network.h"

#include <catch2/catch.hpp>

#include <set>

using namespace cm;
using namespace cm::topology;

namespace {

sim::fabric::NetworkSpec small_network()
{
  return ub_network(Supernode(test::small_spec()).graph(), {300_ns, 200_ns, 200_ns}, 64_KiB);
}

}  // namespace

TEST_CASE("every port has a name of its own")
{
  std::set<std::string> texts;
  for (const PortName& name : name_ports(small_network()))
    texts.insert(to_text(name));
  CHECK(texts.size() == small_network().ports.size());
}

TEST_CASE("a name leads back to the table entry of its port")
{
  const auto network = small_network();
  const auto names = name_ports(network);
  using Kind = PortName::Kind;
  CHECK(names.at(network.lane_out_ports.at(7 * 2 + 1)) == PortName{Kind::Lane, 1, 1, std::nullopt, 7});
  CHECK(names.at(network.lane_in_ports.at(7 * 2 + 1)) == PortName{Kind::Delivery, 1, 1, std::nullopt, 7});
  CHECK(names.at(network.up_ports.at((2 * 2 + 1) * 3 + 2)) == PortName{Kind::Up, 2, 1, 2, std::nullopt});
  CHECK(to_text(names.at(network.down_ports.at((2 * 2 + 1) * 3 + 2))) == "down node 2 sub-plane 1 l2 2");
  CHECK(to_text(names.at(network.lane_out_ports.at(0))) == "lane endpoint 0 sub-plane 0");
}

TEST_CASE("a port in two tables or in none is a broken invariant")
{
  auto network = small_network();
  network.ports.push_back(network.ports.front());
  CHECK_THROWS_AS(name_ports(network), SimulationError);
  network = small_network();
  network.up_ports.at(1) = network.up_ports.at(0);
  CHECK_THROWS_AS(name_ports(network), SimulationError);
}
