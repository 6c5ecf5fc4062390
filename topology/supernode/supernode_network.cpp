#include "topology/supernode/supernode_network.h"

namespace cm::topology {

sim::fabric::NetworkSpec ub_network(const Supernode& supernode, const PortLatencies& latencies, Bytes buffer)
{
  return ub_network(supernode.graph(), latencies, buffer);
}

}  // namespace cm::topology
