// A machine for Graphviz: every device and every cable (both directions as one edge), clustered by rack, node and
// sub-plane. A few nodes make a picture; of the full machine it is a file to filter.
#pragma once

#include "topology/supernode/supernode.h"

#include <string>

namespace cm::tools {

std::string topology_dot(const topology::Supernode& supernode);

}  // namespace cm::tools
