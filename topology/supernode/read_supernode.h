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
  sim::config::Reader& ub;  // the fabric whose packets are simulated
  sim::config::Reader& rdma;
  sim::config::Reader& vpc;
  // A second fabric whose packets are simulated, between the nodes; the first is inside them then.
  sim::config::Reader* scale_out = nullptr;
};

// Complete only when the reading log has no problems: a field with a problem stays zero.
SupernodeSpec read_supernode(const SupernodeSections& sections);

}  // namespace cm::topology
