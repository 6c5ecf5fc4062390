#include "tests/unit/topology/machines.h"
#include "topology/fabrics/clos_plan.h"
#include "topology/fabrics/fabric_network.h"
#include "topology/routing/port_name.h"
#include "topology/supernode/supernode_network.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::topology;
using sim::fabric::NetworkSpec;
using sim::fabric::PortEnds;
using sim::fabric::PortIndex;

namespace {

constexpr PortLatencies Latencies{.endpoint_port = 300_ns, .delivery_port = 200_ns, .trunk_port = 150_ns};

NetworkSpec planned(const SupernodeSpec& spec)
{
  const FabricTiming timing{Latencies, 64_KiB};
  return fabric_network(fabric_plans(spec), {&timing, 1});
}

}  // namespace

TEST_CASE("the plan of a Clos has the ports of its tables, number by number")
{
  const SupernodeSpec spec = GENERATE(test::full_spec(), test::small_spec(), test::single_spec());
  const NetworkSpec tables = ub_network(Supernode(spec), Latencies, 64_KiB);
  const NetworkSpec plan = planned(spec);
  CHECK(plan.ports == tables.ports);
  CHECK(plan.lane_out_ports == tables.lane_out_ports);
  CHECK(plan.lane_in_ports == tables.lane_in_ports);
  CHECK(plan.group_of == tables.group_of);
  CHECK(plan.lanes == tables.lanes);
  CHECK(plan.graph.ways == spec.l2_per_sub_plane);
}

TEST_CASE("the plan of a Clos leads up and then down, over the chips of one lane")
{
  const SupernodeSpec spec = test::small_spec();
  const NetworkSpec tables = ub_network(Supernode(spec), Latencies, 64_KiB);
  const NetworkSpec plan = planned(spec);
  // Endpoint 7 is in node 1; sub-plane 1, L2 chip 2 of three.
  const std::uint32_t l1 = spec.ub_endpoints() + 1 * 2 + 1;
  const std::uint32_t l2 = spec.ub_endpoints() + 3 * 2 + 1 * 3 + 2;
  CHECK(plan.graph.ends.at(tables.lane_out_ports.at(7 * 2 + 1)) == PortEnds{7, l1, 0, 0});
  CHECK(plan.graph.ends.at(tables.up_ports.at((1 * 2 + 1) * 3 + 2)) == PortEnds{l1, l2, 1, 0});
  CHECK(plan.graph.ends.at(tables.down_ports.at((1 * 2 + 1) * 3 + 2)) == PortEnds{l2, l1, 2, 0});
  CHECK(plan.graph.ends.at(tables.lane_in_ports.at(7 * 2 + 1)) == PortEnds{l1, 7, 3, 0});
  CHECK(plan.graph.vertices == spec.ub_endpoints() + 3 * 2 + 2 * 3);
}

TEST_CASE("ports of a Clos are called by its plan as by its tables")
{
  const SupernodeSpec spec = GENERATE(test::small_spec(), test::single_spec());
  const auto names = name_ports(ub_network(Supernode(spec), Latencies, 64_KiB));
  const Parts parts = parts_of(spec);
  REQUIRE(parts.ports() == names.size());
  for (PortIndex port = 0; port < names.size(); ++port)
    CHECK(parts.name_of(port) == to_text(names[port]));
}
