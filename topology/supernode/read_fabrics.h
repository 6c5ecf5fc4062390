// The fabrics of a machine file whose packets are simulated.
#pragma once

#include "sim/config/reader.h"
#include "topology/supernode/supernode_spec.h"

namespace cm::topology {

// A fabric that carries all traffic: the Clos of the spec's counts, or a plan with the means of its lanes. Returns
// whether it is the Clos, whose ports are for the caller to check.
bool read_only_fabric(sim::config::Reader& fabric, SupernodeSpec& spec);

// Sections whose counts decide how many ports the devices of a Clos need.
struct MachineSections {
  sim::config::Reader& machine;
  sim::config::Reader& node;
};

// Two fabrics beside each other: one inside the nodes, and one that joins them.
void read_both_fabrics(const MachineSections& machine, sim::config::Reader& scale_up, sim::config::Reader& scale_out,
                       SupernodeSpec& spec);

// A fabric whose packets are not simulated, for what is wrong with its keys. It may end at a node.
void check_idle_fabric(const MachineSections& machine, sim::config::Reader& fabric, const SupernodeSpec& spec);

}  // namespace cm::topology
