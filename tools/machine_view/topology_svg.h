// A picture of a machine on one A4 page: sub-planes with their L2 chips above, racks and nodes with dies, CPUs and L1
// chips below.
#pragma once

#include "tools/machine_view/switch_use.h"
#include "topology/supernode/supernode.h"

#include <optional>
#include <string>

namespace cm::tools {

// Switch chips are coloured by how busy they were when `use` is given. Sub-planes that the machine was published with
// and lacks now are drawn as out of service.
std::string topology_svg(const topology::Supernode& supernode, const std::optional<SwitchUse>& use);

}  // namespace cm::tools
