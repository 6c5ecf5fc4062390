#include "tests/unit/topology/machines.h"
#include "topology/fabrics/parts.h"
#include "topology/supernode/supernode_network.h"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace cm;
using namespace cm::topology;
using sim::fabric::NetworkSpec;
using sim::fabric::PortIndex;

namespace {

// 3 nodes, 2 sub-planes, 3 L2 chips each, 6 dies and 2 CPUs a node.
struct SmallMachine {
  NetworkSpec network = ub_network(Supernode(test::small_spec()), {300_ns, 200_ns, 200_ns}, 64_KiB);
  Parts parts = parts_of(test::small_spec());

  [[nodiscard]] PortIndex up() const { return network.up_ports.at((2 * 2 + 1) * 3 + 2); }
  [[nodiscard]] PortIndex down() const { return network.down_ports.at((2 * 2 + 1) * 3 + 2); }
};

}  // namespace

TEST_CASE("a port is found by the name that reports give it, and a link has both directions")
{
  const SmallMachine machine;
  CHECK(machine.parts.ports_named("port:up node 2 sub-plane 1 l2 2") == std::vector{machine.up()});
  CHECK(machine.parts.ports_named("port:down node 2 sub-plane 1 l2 2") == std::vector{machine.down()});
  CHECK(machine.parts.ports_named("link:down node 2 sub-plane 1 l2 2") == std::vector{machine.up(), machine.down()});
  for (PortIndex port = 0; port < machine.parts.ports(); ++port)
    CHECK(machine.parts.ports_named("port:" + machine.parts.name_of(port)) == std::vector{port});
}

TEST_CASE("what has no such name has no ports")
{
  const SmallMachine machine;
  for (const char* name : {"", "port:", "port:up node 9 sub-plane 1 l2 2", "link:die:3", "die:18", "l1:3.0", "rail:0"})
    CHECK_FALSE(machine.parts.ports_named(name));
}

TEST_CASE("a sub-plane has a share of all ports, and sub-planes have none in common")
{
  const SmallMachine machine;
  const auto first = machine.parts.ports_named("sub_plane:0").value();
  const auto second = machine.parts.ports_named("sub_plane:1").value();
  CHECK(first.size() == machine.parts.ports() / 2);
  CHECK(second.front() == first.back() + 1);
  CHECK(second.size() == first.size());
}

TEST_CASE("a chip has the ports that leave it and those that lead to it")
{
  const SmallMachine machine;
  // 8 endpoints below and 3 chips above, each with a link pair.
  CHECK(machine.parts.ports_named("l1:2.1").value().size() == 2 * (8 + 3));
  const auto l2 = machine.parts.ports_named("l2:1.2").value();
  CHECK(l2.size() == 2 * 3);
  CHECK(std::ranges::binary_search(l2, machine.up()));
  CHECK(std::ranges::binary_search(l2, machine.down()));
}

TEST_CASE("an endpoint has its lanes and a node those of its endpoints")
{
  const SmallMachine machine;
  const NetworkSpec& network = machine.network;
  std::vector<PortIndex> lanes{network.lane_out_ports.at(2 * 17), network.lane_out_ports.at(2 * 17 + 1),
                               network.lane_in_ports.at(2 * 17), network.lane_in_ports.at(2 * 17 + 1)};
  std::ranges::sort(lanes);
  CHECK(machine.parts.ports_named("die:17") == lanes);
  CHECK(machine.parts.ports_named("cpu:5").value().front() == network.lane_out_ports.at(2 * 23));
  CHECK(machine.parts.ports_named("node:2").value().size() == 2 * 2 * 8);
}

TEST_CASE("parts that may be suggested are all but ports and links")
{
  const auto names = SmallMachine().parts.names();
  CHECK(names.size() == 2 + 3 + 18 + 6 + 6 + 6);
  CHECK(std::ranges::is_sorted(names));
}

TEST_CASE("parts of a second fabric have its role before their names")
{
  FabricPlan plan = fabric_plans(test::small_spec()).front();
  const Parts parts({plan, plan});
  const auto first = parts.ports_named("sub_plane:0").value();
  const auto second = parts.ports_named("scale_out.sub_plane:0").value();
  CHECK(second.front() == first.front() + parts.ports() / 2);
  CHECK(parts.ports_named("scale_out.l2:1.2").value().size() == 6);
  CHECK(parts.ports_named("die:17").value().size() == 8);
  CHECK(parts.name_of(second.front()) == "scale-out lane endpoint 0 sub-plane 0");
}
