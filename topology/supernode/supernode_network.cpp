#include "topology/supernode/supernode_network.h"

#include "topology/fabrics/clos_plan.h"

namespace cm::topology {

sim::fabric::NetworkSpec ub_network(const Supernode& supernode, const PortLatencies& latencies, Bytes buffer)
{
  return ub_network(supernode.graph(), latencies, buffer);
}

std::vector<FabricPlan> fabric_plans(const SupernodeSpec& spec)
{
  if (!spec.fabrics.empty())
    return spec.fabrics;
  return {plan_clos(spec.clos(), spec.site())};
}

Parts parts_of(const SupernodeSpec& spec)
{
  return Parts(fabric_plans(spec));
}

}  // namespace cm::topology
