#include "tests/unit/topology/machines.h"
#include "topology/supernode/supernode_network.h"

#include <catch2/catch.hpp>

using namespace cm;
using namespace cm::topology;

TEST_CASE("endpoints and groups of the network are the endpoints and nodes of the supernode")
{
  const Supernode supernode(test::small_spec());
  const auto network = ub_network(supernode, {300_ns, 200_ns, 200_ns}, 64_KiB);
  REQUIRE(network.endpoints() == supernode.spec().ub_endpoints());
  for (std::uint32_t i = 0; i < network.endpoints(); ++i)
    CHECK(NodeId(network.group_of[i]) == supernode.node_of(EndpointId(i)));
}
