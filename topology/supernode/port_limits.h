// Ports that the devices of a plane have. A machine file states them beside the plane's counts, so that a what-if that
// no device could be wired for is refused instead of simulated.
#pragma once

#include "sim/config/reader.h"
#include "topology/supernode/supernode_spec.h"

namespace cm::topology {

// Reads the section `ports` of `plane` and complains about the counts that need more of a kind than it states. `spec`
// holds the machine's counts and the plane's own; a count of zero, which nobody could read, needs nothing.
void check_ports(sim::config::Reader& machine, sim::config::Reader& node, sim::config::Reader& plane,
                 const SupernodeSpec& spec);

}  // namespace cm::topology
