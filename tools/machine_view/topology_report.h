// A machine for the terminal and for scripts: what `cmsim topology` prints.
#pragma once

#include "topology/supernode/supernode_checks.h"

#include <string>

namespace cm::tools {

std::string topology_table(const topology::Supernode& supernode, const topology::CheckReport& report);
std::string topology_json(const topology::Supernode& supernode, const topology::CheckReport& report);

}  // namespace cm::tools
