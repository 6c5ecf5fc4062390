// Keys of a Clos: machine.ub of CloudMatrix384.
#pragma once

#include "sim/config/reader.h"
#include "topology/fabrics/clos_plan.h"

namespace cm::topology {

// Shape that the keys of `fabric` describe. `nodes`: that it must join; 1 where its tiers may end at a node. A field
// with a problem stays zero.
ClosShape read_clos(sim::config::Reader& fabric, std::uint32_t nodes);

// The shape as a plan, incomplete when a field of it is zero. Of one tier it joins no nodes. Complains when there are
// too many ports to number.
FabricPlan plan_read_clos(sim::config::Reader& fabric, const ClosShape& shape, const FabricSite& site);

// Reads the ports that its devices have, and complains about the counts that need more. A count of zero, which nobody
// could read, needs nothing.
void check_clos_ports(sim::config::Reader& machine, sim::config::Reader& node, sim::config::Reader& fabric,
                      const ClosShape& shape, const FabricSite& site);

}  // namespace cm::topology
