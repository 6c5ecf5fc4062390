#include "sim/diagnostics/errors.h"
#include "tests/unit/topology/machines.h"
#include "topology/supernode/supernode.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::topology;

TEST_CASE("dies count sixteen per node and two per NPU and CPUs four per node")
{
  const Supernode supernode(test::full_spec());
  CHECK(supernode.node_of(DieId(15)) == NodeId(0));
  CHECK(supernode.node_of(DieId(16)) == NodeId(1));
  CHECK(supernode.npu_of(DieId(17)) == NpuId(8));
  CHECK(supernode.npu_of(DieId(18)) == NpuId(9));
  CHECK(supernode.node_of(CpuId(3)) == NodeId(0));
  CHECK(supernode.node_of(CpuId(4)) == NodeId(1));
}

TEST_CASE("the endpoints of the UB plane are the dies and then the CPUs")
{
  const Supernode supernode(test::full_spec());
  CHECK(supernode.endpoint_of(DieId(767)) == EndpointId(767));
  CHECK(supernode.endpoint_of(CpuId(0)) == EndpointId(768));
  CHECK(supernode.die_of(EndpointId(767)) == DieId(767));
  CHECK_FALSE(supernode.cpu_of(EndpointId(767)));
  CHECK(supernode.cpu_of(EndpointId(768)) == CpuId(0));
  CHECK_FALSE(supernode.die_of(EndpointId(768)));
  CHECK(supernode.node_of(EndpointId(959)) == NodeId(47));
  CHECK(supernode.graph().vertex(supernode.vertex_of(EndpointId(768))).name == "cpu:0");
}

TEST_CASE("nodes fill one rack after the other and the last rack may be part full")
{
  const Supernode supernode(test::small_spec());
  CHECK(supernode.rack_of(NodeId(1)) == RackId(0));
  CHECK(supernode.rack_of(NodeId(2)) == RackId(1));
  CHECK(supernode.spec().racks() == 2);
  CHECK(test::full_spec().racks() == 12);
}

TEST_CASE("an id beyond the machine is a broken invariant")
{
  const Supernode supernode(test::small_spec());
  CHECK_THROWS_AS(supernode.node_of(DieId(18)), SimulationError);
  CHECK_THROWS_AS(supernode.node_of(CpuId(6)), SimulationError);
  CHECK_THROWS_AS(supernode.vertex_of(EndpointId(24)), SimulationError);
  CHECK_THROWS_AS(supernode.rack_of(NodeId(3)), SimulationError);
}

TEST_CASE("a supernode without sub-planes or without bandwidth cannot be built")
{
  SupernodeSpec spec = test::small_spec();
  spec.sub_planes = 0;
  CHECK_THROWS_AS(Supernode(spec), SimulationError);
  spec = test::small_spec();
  spec.uplink_bandwidth = BytesPerSecond(0.0);
  CHECK_THROWS_AS(Supernode(spec), SimulationError);
}

TEST_CASE("specs compare by value")
{
  SupernodeSpec spec = test::full_spec();
  CHECK(spec == test::full_spec());
  spec.vpc_bandwidth = 51_GBps;
  CHECK_FALSE(spec == test::full_spec());
}
