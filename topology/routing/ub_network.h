// Turns the UB links of a machine graph into the ports that packets visit. One port per link of one direction, at the
// link's sending end, with the link's bandwidth; nothing is recomputed from the size of the machine. The ports of a
// sub-plane are numbered consecutively: all lanes, then the uplinks, the downlinks, the deliveries.
#pragma once

#include "sim/fabric/network_spec.h"
#include "topology/graph/graph.h"

namespace cm::topology {

struct PortLatencies {
  Seconds endpoint_port;  // a die's or CPU's own lane
  Seconds delivery_port;  // of an L1 chip, towards a die or CPU
  Seconds trunk_port;     // between an L1 and an L2 chip, either way
};

// Endpoints are numbered dies first, then CPUs; groups are nodes. Throws SimulationError when a link is missing, double
// or joins what the two-tier Clos of NetworkSpec cannot express.
sim::fabric::NetworkSpec ub_network(const Graph& graph, const PortLatencies& latencies, Bytes buffer);

}  // namespace cm::topology
