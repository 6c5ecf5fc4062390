// The fabrics of a supernode as the packet fabric takes them.
#pragma once

#include "topology/fabrics/fabric_network.h"
#include "topology/fabrics/parts.h"
#include "topology/routing/ub_network.h"
#include "topology/supernode/supernode.h"

namespace cm::topology {

// The Clos. Endpoints are numbered as EndpointId, groups as NodeId, spines as L2 chips of a sub-plane.
sim::fabric::NetworkSpec ub_network(const Supernode& supernode, const PortLatencies& latencies, Bytes buffer);

// Those whose packets are simulated, in the order of their roles; the Clos too.
std::vector<FabricPlan> fabric_plans(const SupernodeSpec& spec);

// Their parts, with ports numbered as in the network that packets run on.
Parts parts_of(const SupernodeSpec& spec);

}  // namespace cm::topology
