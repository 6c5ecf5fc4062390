#include "tests/unit/topology/machines.h"
#include "topology/supernode/supernode_spec.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::topology;

TEST_CASE("a machine's counts follow from those of a node")
{
  const SupernodeSpec spec = test::small_spec();
  CHECK(spec.racks() == 2);  // of two nodes and of one
  CHECK(spec.dies_per_node() == 6);
  CHECK(spec.npus() == 9);
  CHECK(spec.dies() == 18);
  CHECK(spec.cpus() == 6);
  CHECK(spec.ub_endpoints() == 24);
}

TEST_CASE("an endpoint has a lane to each sub-plane, and behind a lane are the chips of that one")
{
  const SupernodeSpec full = test::full_spec();
  CHECK(full.lanes() == 7);
  CHECK(full.spines() == 16);
  CHECK(full.die_bandwidth() == 196_GBps);
  const SupernodeSpec small = test::small_spec();
  CHECK(small.lanes() == 2);
  CHECK(small.spines() == 3);
  CHECK(small.die_bandwidth() == 56_GBps);
}

TEST_CASE("fewer sub-planes make a CPU slower and its lanes no wider")
{
  SupernodeSpec spec = test::full_spec();
  spec.cpu_bandwidth = 161_GBps;
  CHECK(spec.cpu_lane_bandwidth() == 23_GBps);
  spec.sub_planes = 5;
  CHECK(spec.cpu_lane_bandwidth() == 23_GBps);
}
