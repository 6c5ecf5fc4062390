// The table of kinds, whose rows come from the sources of the kinds.
#pragma once

#include "topology/fabrics/fabric_kind.h"

#include <array>

namespace cm::topology {

FabricKind clos_kind();
FabricKind full_mesh_kind();
FabricKind fat_tree_kind();
FabricKind star_kind();
FabricKind tree_kind();

// The Clos first: it is the kind of a file that names none.
inline constexpr std::array FabricRows{clos_kind, full_mesh_kind, fat_tree_kind, star_kind, tree_kind};

}  // namespace cm::topology
