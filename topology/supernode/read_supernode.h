// The structural keys of a machine file.
#pragma once

#include "sim/config/reader.h"
#include "topology/supernode/supernode_spec.h"

namespace cm::topology {

// The sections of a machine file that hold them. Borrowed; other layers read more keys of the same sections, so
// finish() is the caller's.
struct SupernodeSections {
  sim::config::Reader& machine;
  sim::config::Reader& node;
  sim::config::Reader& ub;  // the plane whose packets are simulated
  sim::config::Reader& rdma;
  sim::config::Reader& vpc;
};

// Complete only when the reading log has no problems: a field with a problem stays zero.
SupernodeSpec read_supernode(const SupernodeSections& sections);

// Reads the structural keys of a plane that is not the machine's packet plane, for what is wrong with them. Its tiers
// may end at a node. `spec`: of the machine.
void check_idle_plane(sim::config::Reader& machine, sim::config::Reader& node, sim::config::Reader& plane,
                      SupernodeSpec spec);

}  // namespace cm::topology
