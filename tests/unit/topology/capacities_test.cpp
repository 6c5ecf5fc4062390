#include "tests/unit/topology/machines.h"
#include "topology/checks/capacities.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::topology;

TEST_CASE("the full machine has the published capacities")
{
  const UbCapacities capacities = ub_capacities(Supernode(test::full_spec()).graph());
  CHECK(capacities.l1_to_l2 == 150528_GBps);
  CHECK(capacities.bisection == 75264_GBps);
  CHECK(capacities.npu_oversubscription == Approx(1.0));
  CHECK(capacities.oversubscription == Approx(1.204).epsilon(0.0005));
}

TEST_CASE("fewer sub-planes take capacity in proportion and change no ratio")
{
  SupernodeSpec spec = test::full_spec();
  spec.sub_planes = 5;
  const UbCapacities capacities = ub_capacities(Supernode(spec).graph());
  CHECK(capacities.l1_to_l2 == 107520_GBps);
  CHECK(capacities.bisection == 53760_GBps);
  CHECK(capacities.npu_oversubscription == Approx(1.0));
  CHECK(capacities.oversubscription == Approx(1.204).epsilon(0.0005));
}

TEST_CASE("half the uplink rate doubles the oversubscription")
{
  SupernodeSpec spec = test::full_spec();
  spec.uplink_bandwidth = 14_GBps;
  const UbCapacities capacities = ub_capacities(Supernode(spec).graph());
  CHECK(capacities.npu_oversubscription == Approx(2.0));
  CHECK(capacities.bisection == 37632_GBps);
}

TEST_CASE("with an odd number of nodes the smaller half sets the bisection and one node has none")
{
  CHECK(ub_capacities(Supernode(test::small_spec()).graph()).bisection == 168_GBps);
  CHECK(ub_capacities(Supernode(test::single_spec()).graph()).bisection == 0_GBps);
}

TEST_CASE("one lost uplink lowers the bisection by its rate")
{
  SupernodeSpec spec = test::small_spec();
  spec.nodes = 2;
  const Graph graph = Supernode(spec).graph();
  const VertexId l1 = test::find_vertex(graph, "l1:0.0");
  const VertexId l2 = test::find_vertex(graph, "l2:0.0");
  const auto is_uplink = [&](const Link& link) { return link.from == l1 && link.to == l2; };
  CHECK(ub_capacities(graph).bisection == 168_GBps);
  CHECK(ub_capacities(test::without_links(graph, is_uplink)).bisection == 140_GBps);
}

TEST_CASE("renaming nodes changes no capacity")
{
  const SupernodeSpec spec = test::small_spec();
  const Graph graph = Supernode(spec).graph();
  const UbCapacities expected = ub_capacities(graph);
  const auto seed = GENERATE(1U, 2U, 3U);
  CAPTURE(seed);
  const UbCapacities found = ub_capacities(test::renamed(graph, spec.nodes, seed));
  CHECK(found.l1_to_l2 == expected.l1_to_l2);
  CHECK(found.bisection == expected.bisection);
  CHECK(found.npu_oversubscription == Approx(expected.npu_oversubscription));
  CHECK(found.oversubscription == Approx(expected.oversubscription));
}
