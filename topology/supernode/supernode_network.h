// The UB plane of a supernode as the packet fabric takes it.
#pragma once

#include "topology/routing/ub_network.h"
#include "topology/supernode/supernode.h"

namespace cm::topology {

// Endpoints are numbered as EndpointId, groups as NodeId, spines as L2 chips of a sub-plane.
sim::fabric::NetworkSpec ub_network(const Supernode& supernode, const PortLatencies& latencies, Bytes buffer);

}  // namespace cm::topology
